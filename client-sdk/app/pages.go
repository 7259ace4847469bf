package app

import (
	"embed"
	"io/fs"
	"net/http"

	"google.golang.org/grpc/codes"

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
	return pages.NewFiles(built, refused)
}

// refused tells of what is not there.
func refused(c codes.Code) error {
	if c == codes.NotFound {
		return withDetails(c, "NO_SUCH_PATH", "alamat ini tidak ada di aplikasi")
	}
	return withDetails(c, "NO_SUCH_METHOD", "tindakan ini tidak ada di alamat ini")
}
