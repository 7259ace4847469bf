package main

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TestEveryFieldOfTheTrailHasAColumn or is named here as one that has none.
func TestEveryFieldOfTheTrailHasAColumn(t *testing.T) {
	t.Parallel()
	without := []string{"chain", "sequence"} // what proves the trail, which a table can't be
	fields := (&ksv1.AuditEntry{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		name := string(fields.Get(i).Name())
		has := slices.ContainsFunc(auditColumns, func(c auditColumn) bool { return c.field == name })
		if has == slices.Contains(without, name) {
			t.Errorf("field %s: column %t", name, has)
		}
	}
	var out bytes.Buffer
	write, finish := auditWriter("csv", &out)
	err := write(&ksv1.AuditEntry{
		TimeMs: 1, Kind: ksv1.AuditKind_AUDIT_KIND_EXPORT, Method: "m", Outcome: ksv1.AuditOutcome_AUDIT_OUTCOME_DONE, Reason: "r", Account: 2, Device: 3, District: "32.04", Puskesmas: "P",
		Subjects: []string{"s", "t"}, Families: []string{"f", "g"}, Count: 4, FirstRevision: 5, LastRevision: 6, Ground: "=1+1", Operator: "@sari",
	})
	if err == nil {
		err = finish()
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v: %v", rows, err)
	}
	want := "time=1970-01-01T00:00:00.001Z|kind=EXPORT|method=m|outcome=DONE|reason=r|account=2|device=3|district=32.04|puskesmas=P|subjects=s t|count=4|ground='=1+1|operator='@sari|families=f g|first_revision=5|last_revision=6"
	var got []string
	for i, name := range rows[0] {
		got = append(got, name+"="+rows[1][i])
	}
	if strings.Join(got, "|") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "|"), want)
	}
}
