package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestASessionIsNamedByBrowserAndSystem(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36":                                       "Chrome di Android",
		"Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36":            "Samsung Internet di Android",
		"Mozilla/5.0 (Linux; U; Android 12; id-id; 220333QAG) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.8": "Mi Browser di Android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                                       "Chrome di Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0":                         "Edge di Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0":                                                                      "Firefox di Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1":               "Safari di iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1":                "Chrome di iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15":                                 "Safari di macOS",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 OPR/116.0":                              "Opera di ChromeOS",
		"Lain/1.0 (Linux)":          "Peramban di Linux",
		"":                          "",
		"<script>alert(1)</script>": "",
		strings.Repeat("x", 600) + "Chrome/131.0":  "",
		"Chrome/131.0 " + strings.Repeat("x", 9e3): "Chrome",
	} {
		if got := browserOf(&http.Request{Header: http.Header{"User-Agent": {header}}}); got != want {
			t.Errorf("%.80s: %q, want %q", header, got, want)
		}
	}
}

func TestASignInTellsTheBrowserInside(t *testing.T) {
	t.Parallel()
	d := &desk{}
	call(t, d, "/session/sign-in", `{"userName":"siti","password":"x"}`, func(r *http.Request) {
		r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0")
		r.Header.Set("X-Browser", "Palsu")
	})
	if len(d.browser) != 1 || d.browser[0] != "Firefox di Linux" {
		t.Errorf("browser told inside: %q", d.browser)
	}
}
