package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

func exportPerson(_ context.Context, _ *person.Service, found []person.Found, out io.Writer) error {
	for _, f := range found {
		shown := f.Household
		if !f.Member.IsZero() {
			shown = person.Only(f.Household, f.Member)
		}
		text, err := protojson.MarshalOptions{UseProtoNames: true, Indent: "  "}.Marshal(shown)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", text)
	}
	return nil
}

func trailOfPerson(ctx context.Context, s *person.Service, found []person.Found, out io.Writer) error {
	write, finish := auditWriter("json", out)
	for _, f := range found {
		var stood *ingest.Stood
		err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
			stood, err = s.Core.Vault.Stood(ctx, snap, &f.Row, f.Village)
			return err
		})
		if err != nil {
			return err
		}
		q := store.AuditQuery{Limit: 1000}
		q.Subjects, q.Dated = audit.SubjectsAround(f.Row.ID, stood.Villages, stood.Codes, stood.Places)
		if err := eachAudit(ctx, s.Store, q, write); err != nil {
			return err
		}
	}
	return finish()
}

// eachAudit hands every entry of a search to write, newest first.
func eachAudit(ctx context.Context, s store.Store, q store.AuditQuery, write func(*ksv1.AuditEntry) error) error {
	for {
		var rows []store.AuditEntry
		err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
			rows, err = snap.SearchAudit(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		for i := range rows {
			e := &ksv1.AuditEntry{}
			if err := proto.Unmarshal(rows[i].Body, e); err != nil {
				return fmt.Errorf("entry %d of chain %x: %w", rows[i].Sequence, rows[i].Chain, err)
			}
			if err := write(e); err != nil {
				return err
			}
		}
		if len(rows) < q.Limit {
			return nil
		}
		q.Before = &rows[len(rows)-1]
	}
}

func correctionsOfPerson(ctx context.Context, s *person.Service, found []person.Found, out io.Writer) error {
	encoder := json.NewEncoder(out)
	for _, f := range found {
		corrections, err := s.Corrections(ctx, f)
		if err != nil {
			return err
		}
		for _, c := range corrections {
			if err := encoder.Encode(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func restrictPerson(ctx context.Context, s *person.Service, found []person.Found, _ io.Writer) error {
	return s.Restrict(ctx, found, true)
}

// liftRestriction lifts one, and tells which families stay restricted that were so along
// with it.
func liftRestriction(ctx context.Context, s *person.Service, found []person.Found, out io.Writer) error {
	if err := s.Restrict(ctx, found, false); err != nil {
		return err
	}
	along, err := s.RestrictedAlong(ctx, found)
	if err != nil {
		return fmt.Errorf("lifted; which families that members went on to are still restricted can't be told: %w", err)
	}
	for _, f := range along {
		fmt.Fprintf(out, "still restricted: family %s of village %s, which members went on to from there; lift it by its own --family\n", f.Row.ID, f.Village.Code)
	}
	return nil
}

func erasePerson(ctx context.Context, s *person.Service, found []person.Found, out io.Writer) error {
	done, err := s.Erase(ctx, found)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "erased in %d of %d families; the ledger has it. Keep it apart from backups: restore asks for it\n", done, len(found))
	if done < len(found) {
		fmt.Fprintf(out, "in %d they had been erased before\n", len(found)-done)
	}
	return nil
}
