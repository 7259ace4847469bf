package api

// auditReasons tell people why an entry of the trail was refused or failed, in a
// word or two, by the stable reason that the entry holds. What is told to the
// caller of a call stands in faults.
var auditReasons = map[string]string{
	"ACCOUNT_CHANGED":         "hak atau wilayah tugas berubah",
	"ACCOUNT_DISABLED":        "akun nonaktif",
	"ACTIVATION_FAILED":       "data aktivasi salah",
	"BAD_CHUNK":               "kiriman rusak",
	"BAD_REQUEST":             "isian salah",
	"BODY_TOO_LARGE":          "kiriman terlalu besar",
	"CANCELED":                "dibatalkan",
	"COMMAND_FAILED":          "perintah gagal",
	"CODE_EXPIRED":            "kode kedaluwarsa",
	"COPY_MISSING":            "tembusan belum dicatat",
	"DEADLINE":                "waktu habis",
	"DECIDED_OTHERWISE":       "sudah diputuskan lain",
	"DEVICE_PROOF":            "perangkat tidak dikenali",
	"DEVICE_REVOKED":          "perangkat dicabut",
	"FAMILY_CHANGED":          "data keluarga berubah",
	"FAMILY_DAMAGED":          "data keluarga rusak",
	"FEED_TOKEN":              "token tidak berlaku",
	"FORM_CHANGED":            "formulir berubah",
	"FORM_INVALID":            "formulir salah",
	"HANDOVER_REFUSED":        "serah terima tidak sah",
	"INCOMPLETE":              "data belum lengkap",
	"INTERNAL":                "gangguan server",
	"INVALID":                 "isian salah",
	"KEY_OF_ANOTHER":          "kunci perangkat milik akun lain",
	"LETTER_MISSING":          "surat belum ada",
	"LETTER_RECEIVED":         "surat sudah dimasukkan",
	"LIST_CHANGED":            "daftar berubah",
	"LOOK_UP_NOT_REGISTERED":  "belum terdaftar di Dukcapil",
	"ID_TAKEN":                "nomor sudah dipakai",
	"NOT_ADMISSIBLE":          "tidak dapat diterima lagi",
	"NOT_YET_ADMISSIBLE":      "belum dapat diterima",
	"OTHER_PART_NOT_ADMITTED": "bagian lainnya belum diterima",
	"LOOK_UP_NO_RECORD":       "tidak ada di Dukcapil",
	"LOOK_UP_OFF":             "Dukcapil tidak terhubung",
	"LOOK_UP_QUOTA":           "kuota Dukcapil habis",
	"LOOK_UP_UNAVAILABLE":     "Dukcapil terganggu",
	"NOTHING_DUE":             "tidak ada yang menunggu",
	"NOT_ALLOWED":             "tidak berhak",
	"NOT_FOUND":               "tidak ditemukan",
	"NOT_IN_CONFLICT":         "tidak dalam konflik",
	"NOT_IN_LEDGER":           "sudah berlaku, tetapi catatan pemulihan gagal ditulis",
	"OUTSIDE_PUSKESMAS":       "di luar wilayah kerja",
	"OWN_WORK":                "pekerjaan sendiri",
	"PERSON_KNOWN":            "sudah punya akun",
	"PROTOCOL":                "aplikasi tidak cocok",
	"QUARANTINE_FULL":         "karantina penuh",
	"RECEIVER_TOO_SLOW":       "penerima terlalu lambat",
	"REVIEW_NOT_APPLIED":      "tinjauan tidak berlaku",
	"SESSION_ENDED":           "sesi berakhir",
	"SESSION_REUSED":          "sesi dipakai di tempat lain",
	"SHUTTING_DOWN":           "server dimulai ulang",
	"SIGN_IN_BUSY":            "terlalu banyak yang masuk",
	"SIGN_IN_FAILED":          "nama atau kata sandi salah",
	"STEP_NOT_DUE":            "belum gilirannya",
	"STORE_UNAVAILABLE":       "server terganggu",
	"SUPERSEDED":              "diganti sinkronisasi baru",
	"TOKEN_EXPIRED":           "sesi berakhir",
	"TOKEN_INVALID":           "sesi tidak sah",
	"TOO_MANY_ATTEMPTS":       "terlalu banyak percobaan",
	"TOO_MANY_CALLS":          "terlalu banyak permintaan",
	"TOO_MANY_DEVICES":        "terlalu banyak perangkat",
	"TOO_MANY_EXPORTS":        "ekspor lain berjalan",
	"TOO_MANY_FORMS":          "form lain sedang dibaca",
	"TOO_MANY_FEED_TOKENS":    "terlalu banyak token",
	"TRAIL_ALTERED":           "jejak audit berbeda",
	"WEAK_PASSWORD":           "kata sandi lemah",
	"YEARS_NOT_EXPLAINED":     "perubahan tahun survei tak jelas",
	"YEARS_NOT_KEPT":          "angka tahun survei belum disimpan",
	"YEARS_UNCOUNTED":         "angka tahun survei belum siap",
}

// otherReason is said of what the table does not know, such as entries of a newer
// server and calls that ended without a reason of ours.
const otherReason = "sebab lain"

// reasonLabel is a reason for people; "" for no reason.
func reasonLabel(reason string) string {
	if reason == "" {
		return ""
	}
	if label, ok := auditReasons[reason]; ok {
		return label
	}
	return otherReason
}
