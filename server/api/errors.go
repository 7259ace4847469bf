package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"github.com/keluarga-sehat/sync/internal/review"
	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/handover"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/support"
)

// domain of ErrorInfo.
const domain = "keluarga-sehat"

// locale of all texts for users.
const locale = "id-ID"

// textPersonKnown tells of ErrPersonKnown, also at the field.
const textPersonKnown = "Orang ini sudah memiliki akun yang aktif."

// errNotFound hides whether a thing exists from those who may not see it.
var errNotFound = errors.New("not found")

// errForbidden: the caller's roles do not give the right, or not there.
var errForbidden = errors.New("not allowed")

// fault is one line of the table of errors.
type fault struct {
	err     error
	code    codes.Code
	reason  string
	message string // Indonesian, for the user
}

// faults is the one table from our errors to statuses.
var faults = []fault{
	{errFormChanged, codes.Aborted, "FORM_CHANGED", "Orang lain telah mengubah keluarga ini. Muat ulang formulir, lalu ulangi jawaban terakhir; tidak ada yang hilang."},
	{errOutsidePuskesmas, codes.PermissionDenied, "OUTSIDE_PUSKESMAS", "Desa atau kelurahan ini di luar wilayah kerja Puskesmas Anda; keluarga tidak dapat didata di sini."},
	{auth.ErrSignInFailed, codes.Unauthenticated, syncing.ReasonSignInFailed, "Nama pengguna atau kata sandi salah. Periksa kembali; data di perangkat tetap aman."},
	{auth.ErrTokenExpired, codes.Unauthenticated, syncing.ReasonTokenExpired, "Sesi berakhir. Aplikasi akan memperbaruinya sendiri."},
	{auth.ErrTokenInvalid, codes.Unauthenticated, syncing.ReasonTokenInvalid, "Silakan masuk kembali. Data yang belum terkirim tetap aman di perangkat."},
	{auth.ErrDeviceProof, codes.Unauthenticated, syncing.ReasonDeviceProof, "Perangkat tidak dapat dikenali. Silakan masuk kembali."},
	{auth.ErrDeviceRevoked, codes.PermissionDenied, syncing.ReasonDeviceRevoked, "Perangkat ini telah dicabut izinnya. Isian yang belum terkirim tidak hilang: diserahkan kepada supervisor. Hubungi administrator Puskesmas."},
	{auth.ErrKeyOfAnother, codes.PermissionDenied, syncing.ReasonKeyOfAnother, "Kunci perangkat ini terdaftar untuk akun lain; izinnya tidak dicabut. Pulihkan data Anda di perangkat ini dengan kata sandi akun, atau hubungi administrator Puskesmas; data yang belum terkirim tetap disimpan."},
	{auth.ErrTokenReused, codes.Unauthenticated, syncing.ReasonSessionReused, "Kunci sesi perangkat ini telah dipakai dari tempat lain, sehingga sesi dihentikan. Masuk kembali, ganti kata sandi, dan beri tahu administrator Puskesmas. Data yang belum terkirim tetap aman."},
	{auth.ErrSessionEnded, codes.Unauthenticated, syncing.ReasonSessionEnded, "Sesi ini telah diakhiri. Silakan masuk kembali; data yang belum terkirim tetap aman di perangkat."},
	{auth.ErrAccountDisabled, codes.PermissionDenied, syncing.ReasonAccountDisabled, "Akun ini dinonaktifkan. Isian yang belum terkirim tetap disimpan di perangkat dan diserahkan kepada supervisor. Hubungi administrator Puskesmas."},
	{account.ErrActivationFailed, codes.Unauthenticated, "ACTIVATION_FAILED", "Aktivasi gagal: periksa nama pengguna, kode sekali pakai, dan NIK Anda. Bila kode itu sudah pernah Anda pakai, cobalah masuk dengan kata sandi baru; bila tetap gagal, mintalah kode baru kepada administrator."},
	{account.ErrCodeExpired, codes.FailedPrecondition, "CODE_EXPIRED", "Kode sekali pakai sudah tidak berlaku. Mintalah kode baru kepada administrator."},
	{account.ErrPersonKnown, codes.AlreadyExists, "PERSON_KNOWN", textPersonKnown},
	{account.ErrNotKept, codes.Internal, "NOT_IN_LEDGER", "Perubahan ini sudah berlaku, tetapi server tidak dapat mencatatnya untuk pemulihan dari cadangan. Beri tahu pengelola server agar memperbaiki berkas catatan (ledger), lalu ulangi perubahan ini."},
	{account.ErrForbidden, codes.PermissionDenied, "NOT_ALLOWED", "Anda tidak berhak melakukan ini."},
	{registration.ErrForbidden, codes.PermissionDenied, "NOT_ALLOWED", "Anda tidak berhak melakukan ini."},
	{registration.ErrCopyMissing, codes.FailedPrecondition, "COPY_MISSING", "Catat dahulu tembusan kepada Dinas Kesehatan Provinsi, juga sesudah daftar atau surat diubah, lalu kirim."},
	{registration.ErrLetterMissing, codes.FailedPrecondition, "LETTER_MISSING", "Lampirkan dahulu surat permohonan (PDF), lalu kirim."},
	{registration.ErrListChanged, codes.Aborted, "LIST_CHANGED", "Orang lain baru saja mengubah daftar calon Puskesmas ini. Belum ada yang tersimpan; isian Anda tetap ada. Periksa daftar terbaru, lalu simpan sekali lagi."},
	{registration.ErrNothingDue, codes.FailedPrecondition, "NOTHING_DUE", "Tidak ada yang menunggu langkah ini."},
	{support.ErrForbidden, codes.PermissionDenied, "NOT_ALLOWED", "Anda tidak berhak melakukan ini."},
	{dukcapil.ErrForbidden, codes.PermissionDenied, "NOT_ALLOWED", "Anda tidak berhak melakukan ini."},
	{dukcapil.ErrNotRegistered, codes.PermissionDenied, "LOOK_UP_NOT_REGISTERED", "Pencarian data kependudukan hanya untuk pengguna yang formulir registrasinya telah diterima Pusdatin. Isilah anggota keluarga secara manual."},
	{dukcapil.ErrNoRecord, codes.NotFound, syncing.ReasonLookUpNoRecord, "Nomor ini tidak ditemukan di Dukcapil. Periksa kembali nomornya, atau isilah secara manual."},
	{dukcapil.ErrOff, codes.FailedPrecondition, syncing.ReasonLookUpOff, "Server ini tidak terhubung dengan Dukcapil. Isilah anggota keluarga secara manual."},
	{dukcapil.ErrRefused, codes.FailedPrecondition, syncing.ReasonLookUpOff, "Layanan Dukcapil menolak server ini; pengelola server telah diberi tahu. Isilah anggota keluarga secara manual."},
	{handover.ErrRefused, codes.FailedPrecondition, "HANDOVER_REFUSED", "Serah terima perangkat ini tidak dapat disahkan server: supervisor yang menandatanganinya tidak berhak lagi, atau bukan dari Puskesmas yang sama. Pekerjaan Anda tetap aman dan menunggu keputusan supervisor."},
	{errSuperseded, codes.Aborted, "SUPERSEDED", "Sinkronisasi baru dari perangkat ini sudah berjalan. Data tetap aman."},
	{errAccountChanged, codes.Aborted, syncing.ReasonAccountChanged, "Hak atau wilayah tugas Anda berubah. Sinkronkan sekali lagi; data tetap aman."},
	{auth.ErrFeedToken, codes.Unauthenticated, "FEED_TOKEN", "Token umpan data tidak berlaku. Periksa token, atau buat token baru di halaman Umpan data."},
	{auth.ErrTooManyFeedTokens, codes.ResourceExhausted, "TOO_MANY_FEED_TOKENS", "Terlalu banyak token umpan data yang berlaku. Cabut dahulu yang tidak dipakai."},
	{auth.ErrTooManyDevices, codes.ResourceExhausted, "TOO_MANY_DEVICES", "Terlalu banyak perangkat terdaftar pada akun ini. Masuk lewat peramban, cabut perangkat yang tidak dipakai di halaman Akun saya, lalu coba lagi; bila baru saja dicabut, perangkat itu masih terhitung selama 30 hari sejak didaftarkan."},
	{errReceiverSlow, codes.Aborted, "RECEIVER_TOO_SLOW", "Ekspor dihentikan karena berkas diterima terlalu lambat; berkas yang terunduh tidak lengkap. Coba lagi dengan sambungan yang lebih baik, atau pilih wilayah yang lebih kecil."},
	{errYearsUncounted, codes.Unavailable, "YEARS_UNCOUNTED", "Angka menurut tahun survei sedang dihitung untuk pertama kali. Coba lagi beberapa menit lagi."},
	{errYearsNotKept, codes.FailedPrecondition, "YEARS_NOT_KEPT", "Angka menurut tahun survei untuk tanggal itu belum disimpan. Pilih tanggal yang lebih baru, atau semua tahun survei."},
	{errYearsNotExplained, codes.FailedPrecondition, "YEARS_NOT_EXPLAINED", "Perubahan menurut tahun survei pada rentang ini tidak dapat dijelaskan dengan pasti. Pilih rentang lain, atau semua tahun survei."},
	{errForbidden, codes.PermissionDenied, "NOT_ALLOWED", "Anda tidak berhak melakukan ini."},
	{errNotFound, codes.NotFound, "NOT_FOUND", "Data tidak ditemukan."},
	{store.ErrNotFound, codes.NotFound, "NOT_FOUND", "Data tidak ditemukan."},
	{syncing.ErrProtocol, codes.InvalidArgument, "PROTOCOL", "Aplikasi dan server tidak saling memahami. Perbarui aplikasi; data tetap aman."},
	{wire.ErrChunk, codes.InvalidArgument, "BAD_CHUNK", "Kiriman rusak di jalan. Sinkronisasi akan diulang; data tetap aman."},
	{ingest.ErrFamilyChanged, codes.Aborted, "FAMILY_CHANGED", "Data keluarga ini berubah setelah Anda melihatnya. Muat ulang dan periksa kembali."},
	{errNotInConflict, codes.FailedPrecondition, "NOT_IN_CONFLICT", "Isian ini tidak sedang dalam konflik. Muat ulang daftar konflik; untuk mengubah jawaban, pakai formulir keluarga."},
	{ingest.ErrDecidedOtherwise, codes.FailedPrecondition, "DECIDED_OTHERWISE", "Pekerjaan ini sudah diputuskan lain sebelumnya. Muat ulang daftar karantina."},
	{ingest.ErrOwnWork, codes.FailedPrecondition, review.OwnWork, "Pekerjaan ini Anda sendiri yang menyusun, sehingga supervisor lain yang harus menerimanya. Bila tidak ada, kepala Puskesmas dapat menunjuk supervisor sementara."},
	{ingest.ErrOtherPart, codes.FailedPrecondition, "OTHER_PART_NOT_ADMITTED", "Pekerjaan ini mengeluarkan anggota atau keluarga yang dipindahkan ke keluarga lain, sedangkan bagian yang membawanya ke sana belum diterima. Terima bagian itu lebih dahulu; bila bagian itu ditolak, tolak juga yang ini."},
	{ingest.ErrIDTaken, codes.FailedPrecondition, "ID_TAKEN", "Pekerjaan ini dari salinan data perangkat; nomornya sudah dipakai pekerjaan lain, sehingga tidak dapat diterima. Tolak dengan catatan agar penyusunnya mengisi lagi."},
	{ingest.ErrNotAdmissible, codes.FailedPrecondition, "NOT_ADMISSIBLE", "Pekerjaan ini tidak dapat diterima: datanya sudah dihapus, isinya tidak sah menurut aturan sekarang, atau data keluarganya akan menjadi terlalu besar. Tolak dengan catatan."},
	{ingest.ErrNotYetAdmissible, codes.FailedPrecondition, "NOT_YET_ADMISSIBLE", "Pekerjaan ini belum dapat diterima: jam server atau cap waktu pekerjaan ini keliru, atau versi server ini belum dapat mengolahnya. Biarkan menunggu, dan beri tahu pengelola server."},
	{ingest.ErrQuarantineFull, codes.ResourceExhausted, "QUARANTINE_FULL", "Terlalu banyak pekerjaan perangkat ini menunggu keputusan supervisor. Hubungi supervisor; data tetap aman di perangkat."},
	{errFamilyDamaged, codes.DataLoss, "FAMILY_DAMAGED", "Data keluarga ini rusak di server dan tidak dapat dibuka. Beri tahu pengelola server."},
	{ingest.ErrClosed, codes.Unavailable, "SHUTTING_DOWN", "Server sedang dimulai ulang. Coba lagi sebentar lagi."},
	{store.ErrUnavailable, codes.Unavailable, "STORE_UNAVAILABLE", "Server sedang terganggu. Data tetap aman di perangkat; coba lagi nanti."},
	{context.Canceled, codes.Canceled, "CANCELED", "Dibatalkan."},
	{context.DeadlineExceeded, codes.DeadlineExceeded, "DEADLINE", "Waktu habis. Coba lagi."},
}

// statusOf is the status of an error. What is not in the table is Internal with
// a sentence that gives nothing away; the error itself goes to the log.
func statusOf(ctx context.Context, log *slog.Logger, method string, err error) error {
	if err == nil {
		return nil
	}
	if s, ok := status.FromError(err); ok && s.Code() != codes.Unknown && !(s.Code() == codes.Internal && len(s.Details()) == 0) {
		return err // but for gRPC's own, such as of a message that can't be encoded
	}
	if told := statusWithFacts(ctx, log, method, err); told != nil {
		return told
	}
	for _, f := range faults {
		if errors.Is(err, f.err) {
			if f.code == codes.Internal { // the operator has to see to it
				log.ErrorContext(ctx, "call failed", "method", method, "error", err)
			}
			return build(f.code, f.reason, f.err.Error(), f.message)
		}
	}
	trace := rand.Text()
	log.ErrorContext(ctx, "call failed", "method", method, "trace", trace, "error", err)
	return build(codes.Internal, "INTERNAL", "internal error; the server's log has it under trace "+trace,
		"Terjadi gangguan di server. Data Anda tetap aman; coba lagi nanti. Kode gangguan: "+trace)
}

// build makes a status: text is for developers, message for users.
func build(code codes.Code, reason, text, message string, more ...protoadapt.MessageV1) error {
	details := append([]protoadapt.MessageV1{
		&errdetails.ErrorInfo{Reason: reason, Domain: domain},
		&errdetails.LocalizedMessage{Locale: locale, Message: message},
	}, more...)
	s := status.New(code, text)
	with, err := s.WithDetails(details...)
	if err != nil {
		return s.Err()
	}
	return with.Err()
}

// recordedReasons are refusals of callers who are nobody yet that the audit
// trail has all the same.
var recordedReasons = map[string]bool{
	syncing.ReasonSignInFailed: true, "ACTIVATION_FAILED": true, "CODE_EXPIRED": true, syncing.ReasonSessionReused: true, syncing.ReasonSessionEnded: true,
	syncing.ReasonAccountDisabled: true, syncing.ReasonDeviceRevoked: true, syncing.ReasonKeyOfAnother: true,
}

// outcomeOf is how a call with such a status ended, and its stable reason.
func outcomeOf(err error) (ksv1.AuditOutcome, string) {
	if err == nil {
		return ksv1.AuditOutcome_AUDIT_OUTCOME_DONE, ""
	}
	s := status.Convert(err)
	reason := s.Code().String()
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			reason = info.GetReason()
		}
	}
	switch s.Code() {
	case codes.Unauthenticated, codes.PermissionDenied, codes.NotFound, codes.InvalidArgument, codes.FailedPrecondition,
		codes.AlreadyExists, codes.ResourceExhausted:
		return ksv1.AuditOutcome_AUDIT_OUTCOME_REFUSED, reason
	default:
		return ksv1.AuditOutcome_AUDIT_OUTCOME_FAILED, reason
	}
}
