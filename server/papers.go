package server

import (
	"log/slog"
	"mime"
	"net/http"
	"strings"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/web"
)

// papers are the addresses of the public papers of registration.
var papers = map[string]ksv1.RegistrationFormKind{
	"/registrasi/form.xlsx": ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_XLSX,
	"/registrasi/form.csv":  ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_CSV,
	"/registrasi/surat.rtf": ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_LETTER,
}

// papersHandler serves the public page of registration and what it offers, to a
// district that has no account; log hears why it could not.
func papersHandler(s *registration.Service, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, contentType := []byte(nil), "text/html; charset=utf-8"
		kind, isPaper := papers[strings.ToLower(r.URL.Path)]
		var err error
		switch {
		case r.URL.Path == "/registrasi/":
			content, err = s.PapersPage(r.Context())
		case isPaper:
			var file *ksv1.RegistrationFile
			if file, err = s.Paper(r.Context(), kind); err == nil {
				content, contentType = file.GetContent(), file.GetContentType()
				w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.GetFileName()}))
			}
		default:
			web.Refused.NotFound(w, r)
			return
		}
		if err != nil {
			log.ErrorContext(r.Context(), "papers of registration", "path", r.URL.Path, "error", err)
			http.Error(w, "Terjadi gangguan di server; coba lagi nanti.", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", contentType)
		if _, err := w.Write(content); err != nil {
			return // the client has gone
		}
	})
}
