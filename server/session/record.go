package session

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
)

// method is what the audit trail calls a session.
const method = "SyncService.Sync"

// recordOpen records what the device is about to be brought: the areas that it
// may hold, and how many families at most. Where the device remembers another
// audit trail than this one, that is an alarm.
func (s *Session) recordOpen(ctx context.Context, w *ksv1.SyncWelcome, witnessed bool) error {
	pull := audit.By(s.caller, ksv1.AuditKind_AUDIT_KIND_PULL, method)
	pull.Count = w.GetDownloadFamilies()
	for _, v := range w.GetScope().GetVillages() {
		for _, place := range v.GetPlaces() {
			path := v.GetCode() + "/" + place
			if place == wholeVillage {
				path = v.GetCode()
			}
			if len(pull.Subjects) == audit.MaxSubjects {
				// The rest is found by the Puskesmas.
				pull.Subjects = []string{audit.PuskesmasSubject(s.caller.Account.Puskesmas)}
			}
			pull.Subjects = append(pull.Subjects, audit.AreaSubject(path))
		}
	}
	err := s.backend.Audit.Append(ctx, pull)
	if witnessed {
		return err
	}
	alarm := audit.By(s.caller, ksv1.AuditKind_AUDIT_KIND_ALARM, method)
	alarm.Reason = audit.ReasonTrailAltered
	return errors.Join(err, s.backend.Audit.Append(ctx, alarm))
}

// uploadEntries are what is recorded of a chunk: an entry a village of what became of
// its changes, and one for each submission and verdict; nothing of what has no receipt.
func (s *Session) uploadEntries(p *prepared, ack *ksv1.SyncUploadAck) []*ksv1.AuditEntry {
	page := p.page
	of := map[uint32]*ksv1.AuditEntry{}
	var entries []*ksv1.AuditEntry
	for i, c := range page.GetChanges() {
		if ack.GetReceipts()[i] == nil {
			continue
		}
		e := of[c.GetVillage()]
		if e == nil {
			e = audit.By(s.caller, ksv1.AuditKind_AUDIT_KIND_CHANGE, method)
			e.Outcome = ksv1.AuditOutcome_AUDIT_OUTCOME_REFUSED
			e.Subjects = s.areaSubjects(p.village(c.GetVillage()))
			of[c.GetVillage()] = e
			entries = append(entries, e)
		}
		addReceipt(e, c, ack.GetReceipts()[i])
	}
	acted := ack.GetReceipts()[len(page.GetChanges()):]
	for _, b := range page.GetSubmissions() {
		if len(acted) == 0 {
			return entries
		}
		e := audit.By(s.caller, ksv1.AuditKind_AUDIT_KIND_CHANGE, method)
		e.Subjects = s.areaSubjects(p.village(b.GetVillage()))
		e.FirstRevision = acted[0].GetRevision()
		e.LastRevision, e.Count, e.Ground = e.FirstRevision, uint64(len(b.GetFamilyIds())), "submission"
		entries, acted = append(entries, e), acted[1:]
	}
	return append(entries, s.decisionEntries(p, acted)...)
}

// decisionEntries are what is recorded of verdicts, an entry each.
func (s *Session) decisionEntries(p *prepared, receipts []*ksv1.Receipt) (entries []*ksv1.AuditEntry) {
	for i, receipt := range receipts {
		d := p.page.GetDecisions()[i]
		e := audit.By(s.caller, ksv1.AuditKind_AUDIT_KIND_REVIEW, method)
		e.Subjects = s.areaSubjects(p.village(d.GetVillage()))
		if id, err := merge.ParseID(d.GetFamilyId()); err == nil {
			e.Families, e.Count = []string{id.String()}, 1
		}
		e.FirstRevision, e.LastRevision = receipt.GetRevision(), receipt.GetRevision()
		if receipt.GetRevision() == 0 {
			e.Outcome, e.Reason = ksv1.AuditOutcome_AUDIT_OUTCOME_REFUSED, receipt.GetReason()
		}
		entries = append(entries, e)
	}
	return entries
}

func addReceipt(e *ksv1.AuditEntry, c *ksv1.Change, receipt *ksv1.Receipt) {
	switch receipt.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
		e.Outcome = ksv1.AuditOutcome_AUDIT_OUTCOME_DONE
		e.Count++
	default:
		e.Reason = receipt.GetReason()
	}
	if id, err := merge.IDFromBytes(c.GetFamilyId()); err == nil && len(e.Families) < audit.MaxFamilies {
		if text := id.String(); len(e.Families) == 0 || e.Families[len(e.Families)-1] != text {
			e.Families = append(e.Families, text)
		}
	}
	if revision := receipt.GetRevision(); revision > 0 {
		e.LastRevision = max(e.GetLastRevision(), revision)
		if e.GetFirstRevision() == 0 || revision < e.GetFirstRevision() {
			e.FirstRevision = revision
		}
	}
}

// areaSubjects name a village by its code as the session was opened; none where the caller did
// not work there then, as in one that took another's code: the entry names the families.
func (s *Session) areaSubjects(village uint32) []string {
	for _, v := range s.caller.Work {
		if v.Number == village {
			return []string{audit.AreaSubject(v.Code)}
		}
	}
	return nil
}
