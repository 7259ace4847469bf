package house

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// inAddresses are the texts that an address may hold: areas and offices, ids, days, and
// what bounds and orders a list of places. A name, a NIK, a No. KK, a telephone number, an
// e-mail address, a user name, or free text in which these may be sought, is none of them.
var inAddresses = []string{
	"area", "code", "parent", "desk.area", "puskesmasCode", "letterNumber", "familyId", "roundId", "batchId", "changeId", "exportId", "sessionId",
	"day", "date", "from", "to", "fromMs", "toMs", "waitingBeforeMs", "period", "filter", "orderBy", "pageToken",
}

// Addresses stay in histories of browsers and in logs of proxies.
func TestNoAddressTakesWhatIsPersonal(t *testing.T) {
	t.Parallel()
	n := 0
	for _, host := range []string{"proto/keluargasehat/v1", "proto/keluargasehat/device/v1"} {
		data, err := os.ReadFile(filepath.Join(root, host, "openapi.swagger.json"))
		if err != nil {
			t.Fatal(err)
		}
		var described struct {
			Paths map[string]map[string]struct {
				Parameters []struct {
					Name, In, Type string
					Enum           []string
				}
			}
		}
		if err := json.Unmarshal(data, &described); err != nil {
			t.Fatal(err)
		}
		for path, methods := range described.Paths {
			for method, operation := range methods {
				for _, p := range operation.Parameters {
					if p.In == "body" || p.Type == "boolean" || p.Type == "integer" || len(p.Enum) > 0 {
						continue
					}
					if n++; !slices.Contains(inAddresses, p.Name) {
						t.Errorf("%s %s takes %s in its address", method, path, p.Name)
					}
				}
			}
		}
	}
	if n < 50 {
		t.Fatalf("only %d parameters were found", n)
	}
}
