package exchange

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// incoming is a family on its way in.
type incoming struct {
	household *ksv1.Household
	// columns are those of its file.
	columns rawsurvei.Columns
	// read is the family as the file has it, for what is to be told of it.
	read *rawsurvei.Family
}

// sending is a change, and the family in a file that makes it.
type sending struct {
	change *ingest.Incoming
	of     incoming
}

// prepare makes a change ready to be committed.
func (i *Importer) prepare(c *ksv1.Change, in incoming) sending {
	sender := &ingest.Sender{Device: i.clock.Device, Trusted: true, TakesImplausible: true}
	return sending{ingest.Prepare(c, sender, i.Core.Now().UnixMilli()), in}
}

// send commits changes of a village, and tells those that are refused. It reports whether
// all went in.
func (i *Importer) send(ctx context.Context, village uint32, list []sending) (all bool, err error) {
	changes := make([]*ingest.Incoming, len(list))
	for n := range list {
		changes[n] = list[n].change
	}
	receipts, _, err := i.Core.Commit(ctx, village, changes)
	if err != nil {
		return false, err
	}
	all = true
	for n, r := range receipts {
		if r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
			i.stand.add(merge.ID(changes[n].Change.GetFamilyId()), village)
			continue
		}
		all = false
		i.Report.Refused++
		i.Tell(list[n].of.refusal(r))
	}
	return all, nil
}

// refusal tells where in its file a family stands that can't be stored, and which of its
// columns are at fault.
func (in incoming) refusal(r *ksv1.Receipt) rawsurvei.Issue {
	out := in.read.At(merge.ID{})
	out.Refused, out.Reason = true, cmp.Or(r.GetReason(), r.GetStatus().String())
	if limit := r.GetLimitBytes(); limit > 0 {
		out.Reason += fmt.Sprintf("; a family's rows may make %d bytes, and %d rows make more", limit, in.read.Members)
	}
	var at []string
	for n, x := range r.GetIssues() {
		var member merge.ID
		copy(member[:], x.GetMemberId())
		q, _ := prokesga.Find(x.GetKind(), int32(x.GetField()))
		if issue := in.read.At(member); n == 0 {
			out.Row, out.Column = issue.Row, q.Column
		}
		at = append(at, strings.TrimSpace(q.Column+" "+x.GetCode()))
	}
	if len(at) > 0 {
		out.Reason += ": " + strings.Join(at, ", ")
	}
	return out
}

// refuse tells that a family in a file is refused.
func (i *Importer) refuse(in incoming, column, reason string) {
	i.Report.Refused++
	issue := in.read.At(merge.ID{})
	issue.Column, issue.Reason, issue.Refused = column, reason, true
	i.Tell(issue)
}

// warn tells what became of a family in a file beyond what it says.
func (i *Importer) warn(in incoming, column, reason string) {
	i.Report.Warnings++
	issue := in.read.At(merge.ID{})
	issue.Column, issue.Reason = column, reason
	i.Tell(issue)
}

func (i *Importer) tellNotes(in incoming, notes []note) {
	for _, n := range notes {
		i.warn(in, n.column, n.reason)
	}
}
