package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/keluarga-sehat/sync/internal/build"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// noVersion stands for the version in what is generated from the contract.
const noVersion = `"version": "version not set"`

// openAPIHandler serves the description of the REST part, with the program's version.
func openAPIHandler() (http.HandlerFunc, error) {
	version, err := json.Marshal(build.Version())
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(ksv1.OpenAPI, []byte(noVersion)); n != 1 {
		return nil, fmt.Errorf("the OpenAPI description has %d places for a version", n)
	}
	described := bytes.Replace(ksv1.OpenAPI, []byte(noVersion), fmt.Appendf(nil, `"version": %s`, version), 1)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(described); err != nil {
			// The client has gone.
			return
		}
	}, nil
}
