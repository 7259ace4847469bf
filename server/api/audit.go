package api

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

type auditService struct {
	ksv1.UnimplementedAuditServiceServer
	services *Services
}

// auditLabels are what entries tell of, for people.
var auditLabels = map[ksv1.AuditKind]string{
	ksv1.AuditKind_AUDIT_KIND_SIGN_IN:      "Masuk atau mengganti kata sandi",
	ksv1.AuditKind_AUDIT_KIND_READ:         "Melihat data",
	ksv1.AuditKind_AUDIT_KIND_PULL:         "Mengunduh data ke perangkat",
	ksv1.AuditKind_AUDIT_KIND_CHANGE:       "Mengirim perubahan",
	ksv1.AuditKind_AUDIT_KIND_REVIEW:       "Keputusan supervisor",
	ksv1.AuditKind_AUDIT_KIND_ADMINISTER:   "Mengatur akun, wilayah tugas, atau perangkat",
	ksv1.AuditKind_AUDIT_KIND_REGISTRATION: "Registrasi",
	ksv1.AuditKind_AUDIT_KIND_LOOK_UP:      "Pencarian data Dukcapil",
	ksv1.AuditKind_AUDIT_KIND_EXPORT:       "Ekspor data",
	ksv1.AuditKind_AUDIT_KIND_PERSON_RIGHT: "Hak subjek data pribadi",
	ksv1.AuditKind_AUDIT_KIND_OPERATE:      "Perintah operator",
	ksv1.AuditKind_AUDIT_KIND_ALARM:        "Peringatan keamanan",
}

func (a auditService) ListAuditEntries(ctx context.Context, r *ksv1.ListAuditEntriesRequest) (*ksv1.ListAuditEntriesResponse, error) {
	caller := callerOf(ctx)
	scope, ok := caller.Audit()
	if !ok {
		return nil, errForbidden
	}
	q := store.AuditQuery{
		Account: r.GetAccount(), Kind: int32(r.GetKind()), Puskesmas: scope.Puskesmas,
		FromMS: instant(r.GetFromMs()), ToMS: instant(r.GetToMs()), Limit: pageSize(r.GetPageSize()) + 1,
	}
	if scope.Account != 0 {
		if r.GetAccount() != 0 && r.GetAccount() != scope.Account {
			return &ksv1.ListAuditEntriesResponse{}, nil
		}
		q.Account = scope.Account
	}
	if err := auditAfter(&q, r.GetPageToken()); err != nil {
		return nil, err
	}
	var concerned *store.Family
	if r.GetFamilyId() != "" {
		row, err := familyService{services: a.services}.findFamily(ctx, caller, r.GetFamilyId())
		if err != nil {
			return nil, err
		}
		concerned = &row
	}
	var rows []store.AuditEntry
	err := a.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		if concerned != nil {
			stood, err := a.services.Vault.Stood(ctx, snap, concerned, workVillage(caller, concerned.Village))
			if err != nil {
				return err
			}
			q.Subjects, q.Dated = audit.SubjectsAround(concerned.ID, stood.Villages, stood.Codes, stood.Places)
		}
		if scope.District != "" {
			if q.Districts, err = store.DatedCodes(ctx, snap, scope.District); err != nil {
				return err
			}
		}
		rows, err = snap.SearchAudit(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListAuditEntriesResponse{}
	if len(rows) == q.Limit {
		rows = rows[:q.Limit-1]
		last := rows[len(rows)-1]
		out.NextPageToken = pageToken(fmt.Sprintf("%d %d %d", last.TimeMS, last.Chain, last.Sequence))
	}
	named := map[uint32]*store.Account{}
	for i := range rows {
		shown, err := a.shown(ctx, &rows[i], scope, named)
		if err != nil {
			return nil, err
		}
		out.Entries = append(out.Entries, shown)
	}
	return out, nil
}

// auditAfter continues a list.
func auditAfter(q *store.AuditQuery, token string) error {
	key, err := parsePageToken(token)
	if err != nil || key == "" {
		return err
	}
	last := &store.AuditEntry{}
	if _, err := fmt.Sscanf(key, "%d %d %d", &last.TimeMS, &last.Chain, &last.Sequence); err != nil {
		return &errBadRequest{"page_token", "is not one that this service gave", textStale}
	}
	q.Before = last
	return nil
}

func workVillage(caller *access.Caller, number uint32) store.Village {
	for _, v := range caller.Work {
		if v.Number == number {
			return v
		}
	}
	return store.Village{Number: number}
}

// shown is an entry as the caller may read it.
func (a auditService) shown(ctx context.Context, row *store.AuditEntry, scope access.AuditScope, named map[uint32]*store.Account) (*ksv1.ShownAuditEntry, error) {
	e := &ksv1.AuditEntry{}
	if err := proto.Unmarshal(row.Body, e); err != nil {
		return nil, fmt.Errorf("decode audit entry %d of chain %x: %w", row.Sequence, row.Chain, err)
	}
	out := &ksv1.ShownAuditEntry{Entry: e, Label: auditLabels[e.GetKind()], ReasonLabel: reasonLabel(e.GetReason())}
	if !scope.Names || e.GetAccount() == 0 {
		return out, nil
	}
	who, ok := named[e.GetAccount()]
	if !ok {
		err := a.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
			found, err := snap.FindAccount(ctx, e.GetAccount())
			who = &found
			return err
		})
		if err != nil {
			return nil, err
		}
		named[e.GetAccount()] = who
	}
	out.UserName = who.UserName
	var err error
	out.FullName, err = account.OpenFullName(a.services.Vault, who)
	return out, err
}
