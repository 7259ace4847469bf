package api

import (
	"net/http"
	"testing"
)

func TestGzipGoesToWhoTakesIt(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"gzip": true, "deflate, gzip": true, "GZIP;q=0.5, *;q=0": true, "br;q=1.0, gzip; q=0.8": true, "gzip;level=1": true,
		"": false, "identity": false, "gzip;q=0": false, "gzip; Q=0.000": false, "br, gzip ; q = 0": false, "gzip;q=x": false, "*": false, "notgzip": false,
	} {
		r := &http.Request{Header: http.Header{"Accept-Encoding": {header}}}
		if got := TakesGzip(r); got != want {
			t.Errorf("Accept-Encoding: %s takes gzip %v, want %v", header, got, want)
		}
	}
	if !TakesGzip(&http.Request{Header: http.Header{"Accept-Encoding": {"br", "gzip"}}}) {
		t.Error("the second header was not read")
	}
}
