package server

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/keluarga-sehat/sync/internal/build"
	"github.com/keluarga-sehat/sync/server/rates"
)

func TestTheOpenAPIDescriptionTellsTheVersion(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	response, body := ask(t, s, "GET", "/openapi.json", "")
	var described struct {
		Info  struct{ Title, Version string }
		Paths map[string]any
	}
	if err := json.Unmarshal([]byte(body), &described); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || described.Info.Version != build.Version() || described.Info.Title == "" || len(described.Paths) == 0 {
		t.Errorf("%d, %+v, %d paths", response.StatusCode, described.Info, len(described.Paths))
	}
}
