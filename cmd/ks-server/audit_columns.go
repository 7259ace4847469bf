package main

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// auditWriter writes entries in a format.
func auditWriter(format string, out io.Writer) (write func(*ksv1.AuditEntry) error, finish func() error) {
	if format == "json" {
		return func(e *ksv1.AuditEntry) error {
			text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(e)
			if err == nil {
				_, err = out.Write(append(text, '\n'))
			}
			return err
		}, func() error { return nil }
	}
	w := csv.NewWriter(out)
	head := false
	return func(e *ksv1.AuditEntry) error {
			if !head {
				head = true
				if err := w.Write(auditRow(func(c auditColumn) string { return c.name })); err != nil {
					return err
				}
			}
			return w.Write(auditRow(func(c auditColumn) string { return c.cell(e) }))
		}, func() error {
			w.Flush()
			return w.Error()
		}
}

// auditColumn is a column of the trail as CSV.
type auditColumn struct {
	name, field string // as people read it, and AuditEntry's
	cell        func(*ksv1.AuditEntry) string
}

// auditColumns are an entry's fields but for its place in the chain, which nobody can prove
// by a table. New ones come last.
var auditColumns = []auditColumn{
	{"time", "time_ms", func(e *ksv1.AuditEntry) string {
		return time.UnixMilli(int64(e.GetTimeMs())).UTC().Format(time.RFC3339Nano)
	}},
	{"kind", "kind", func(e *ksv1.AuditEntry) string { return strings.TrimPrefix(e.GetKind().String(), "AUDIT_KIND_") }},
	{"method", "method", (*ksv1.AuditEntry).GetMethod},
	{"outcome", "outcome", func(e *ksv1.AuditEntry) string {
		return strings.TrimPrefix(e.GetOutcome().String(), "AUDIT_OUTCOME_")
	}},
	{"reason", "reason", (*ksv1.AuditEntry).GetReason},
	{"account", "account", func(e *ksv1.AuditEntry) string { return decimal(e.GetAccount()) }},
	{"device", "device", func(e *ksv1.AuditEntry) string { return decimal(e.GetDevice()) }},
	{"district", "district", (*ksv1.AuditEntry).GetDistrict},
	{"puskesmas", "puskesmas", (*ksv1.AuditEntry).GetPuskesmas},
	{"subjects", "subjects", func(e *ksv1.AuditEntry) string { return strings.Join(e.GetSubjects(), " ") }},
	{"count", "count", func(e *ksv1.AuditEntry) string { return decimal(e.GetCount()) }},
	{"ground", "ground", (*ksv1.AuditEntry).GetGround},
	{"operator", "operator", (*ksv1.AuditEntry).GetOperator},
	{"families", "families", func(e *ksv1.AuditEntry) string { return strings.Join(e.GetFamilies(), " ") }},
	{"first_revision", "first_revision", func(e *ksv1.AuditEntry) string { return decimal(e.GetFirstRevision()) }},
	{"last_revision", "last_revision", func(e *ksv1.AuditEntry) string { return decimal(e.GetLastRevision()) }},
}

func decimal[N uint32 | uint64](n N) string { return strconv.FormatUint(uint64(n), 10) }

// auditRow is a row of cells that no spreadsheet takes for formulas.
func auditRow(of func(auditColumn) string) []string {
	row := make([]string, len(auditColumns))
	for i, c := range auditColumns {
		row[i] = sheet.Harmless(of(c))
	}
	return row
}
