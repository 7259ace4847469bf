package web

import (
	"net/http"
	"strings"
)

// A browser's own header is never kept: these words are, by which people tell their
// sessions apart. The first mark that is found counts, for browsers claim to be others.
var (
	browserMarks = []struct{ mark, name string }{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"MiuiBrowser/", "Mi Browser"},
		{"UCBrowser/", "UC Browser"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"},
		{"Safari/", "Safari"},
	}
	systemMarks = []struct{ mark, name string }{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Macintosh", "macOS"}, {"Linux", "Linux"},
	}
)

// maxUserAgent bounds what is read of the header.
const maxUserAgent = 512

// browserOf names the browser and the system of a request as people know them, "Chrome di
// Android"; "" where neither is known.
func browserOf(r *http.Request) string {
	header := r.UserAgent()
	header = header[:min(len(header), maxUserAgent)]
	browser, system := "", ""
	for _, b := range browserMarks {
		if browser == "" && strings.Contains(header, b.mark) {
			browser = b.name
		}
	}
	for _, s := range systemMarks {
		if system == "" && strings.Contains(header, s.mark) {
			system = s.name
		}
	}
	switch {
	case system == "":
		return browser
	case browser == "":
		return "Peramban di " + system
	}
	return browser + " di " + system
}
