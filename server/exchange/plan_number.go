package exchange

import (
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// keepNumbers leaves a whole NIK or No. KK in place of the same one without its last digit,
// which is what a number cell of a workbook tells of it.
func (p *plan) keepNumbers(e *merge.RecordEdit) {
	switch told := e.Set.(type) {
	case *ksv1.Family:
		if stored := p.view.GetFamily(); isCut(told.GetNkkProvisional(), stored.GetNkk()) {
			told.Nkk, told.NkkProvisional, told.NkkStatus = stored.Nkk, nil, stored.NkkStatus
		}
	case *ksv1.Member:
		if stored := p.storedMember(e.Key); isCut(told.GetNikProvisional(), stored.GetNik()) {
			told.Nik, told.NikProvisional, told.NikStatus = stored.Nik, nil, stored.NikStatus
		}
	}
}

// isCut tells whether a provisional number is a whole one without its last digit.
func isCut(provisional string, whole uint64) bool {
	return whole != 0 && provisional == fmt.Sprintf("%d?", whole/10)
}
