package app

import (
	"fmt"
	"strings"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// reasonTexts are the server's stable reasons in the surveyor's words.
var reasonTexts = map[string]string{
	"OUT_OF_SCOPE":       "Keluarga ini di luar wilayah tugas Anda; supervisor akan memutuskan",
	"NO_RIGHT":           "Akun Anda tidak lagi berhak mengumpulkan data; supervisor akan memutuskan",
	"FOREIGN_AUTHOR":     "Disimpan oleh akun lain di perangkat ini; supervisor akan memutuskan",
	"FOREIGN_DEVICE":     "Disimpan di perangkat lain; supervisor akan memutuskan",
	"FAMILY_QUARANTINED": "Keluarga ini masih menunggu keputusan supervisor",
	"SERVER_FAULT":       "Server belum dapat mengolah isian ini; supervisor akan memutuskan",
	"FAMILY_TOO_LARGE":   "Isian keluarga ini terlalu banyak untuk digabungkan; supervisor akan memeriksa",
	"DEPOSITED":          "Diserahkan tanpa kata sandi; supervisor akan memutuskan",
	"DEVICE_FORKED":      "Dari salinan data perangkat yang juga dipakai di tempat lain; supervisor akan memutuskan",
}

// reasonOf is why a change stands where it does, and what its author can do; "" where
// there is nothing to tell. here: its family is on the device.
func reasonOf(c *clientsdk.OutboxEntry, here bool) string {
	switch {
	case c.Status == clientsdk.OutboxApplied, c.Status == clientsdk.OutboxPending:
		return "" // also where it waited for a supervisor before
	case c.Status == clientsdk.OutboxKeptOut && here:
		return "Isian ini tidak digabungkan; keluarga tampil tanpa isian ini. Bila masih perlu, perbaiki lalu simpan lagi."
	case c.Status == clientsdk.OutboxKeptOut:
		return "Isian ini tidak digabungkan; server tetap menyimpannya. Bila keliru, hubungi supervisor."
	}
	return reasonText(c.Receipt)
}

// reasonText is why a change is not applied; "" where there is nothing to tell.
func reasonText(r *ksv1.Receipt) string {
	switch r.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID:
		var parts []string
		for _, issue := range r.GetIssues() {
			text := issue.GetMessage()
			if issue.GetQuestion() != "" {
				text = issue.GetQuestion() + ": " + text
			}
			parts = append(parts, text)
		}
		return "Perlu diperbaiki. " + strings.Join(parts, "; ")
	case ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE:
		return fmt.Sprintf("Isian terlalu besar (batas %d kB); persingkat catatan, lalu simpan lagi.", r.GetLimitBytes()>>10)
	case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
		text, known := reasonTexts[r.GetReason()]
		if !known {
			text = "Menunggu keputusan supervisor"
		}
		return text + "; data aman di server."
	case ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED:
		return "Data orang ini telah dihapus menurut hukum."
	}
	return ""
}
