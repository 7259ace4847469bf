// Package web is the pages that the server shows in a browser: dashboards,
// review and administration. The built files are committed in dist and
// embedded, so that a program built from here needs no Node; a test builds them
// anew and compares the bytes.
//
// Handler serves the files, and the session calls by which a page signs in: its
// refresh token lives in a cookie that no script can read, its access token in
// the page's memory. Everything else that pages show comes from /v1/, like
// anybody else's dashboard.
//
// Sources are below src: shared holds what the field app uses too, pages and
// field one folder a page. `make pages` builds them.
package web

import "embed"

//go:embed all:dist
var dist embed.FS
