package app

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/keluarga-sehat/sync/internal/pages"
)

// dist is the built page; its sources are in server/web/src/field, because it
// shares components with the server's pages. `make pages` builds it.
//
//go:embed all:dist
var dist embed.FS

// Pages serves the field app's page.
func Pages() (http.Handler, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return pages.NewFiles(built)
}
