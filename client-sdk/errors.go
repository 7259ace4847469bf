package clientsdk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/internal/syncing"
)

// Errors of the SDK. Their texts are Indonesian, for the surveyor.
var (
	// ErrWrongPassword: user name or password is wrong.
	ErrWrongPassword = errors.New("nama pengguna atau kata sandi salah")
	// ErrUserName: user names have no such characters.
	ErrUserName = errors.New("nama pengguna keliru; isinya hanya huruf a sampai z, angka, titik, tanda hubung dan garis bawah, misalnya siti.aminah")
	// ErrOffline: the server can't be reached; nothing is lost.
	ErrOffline = errors.New("server tidak terjangkau; data tetap aman di perangkat ini, coba lagi saat ada sinyal")
	// ErrServerAddress: Config.Server is no "host:port".
	ErrServerAddress = errors.New("alamat server keliru; tulis nama:porta seperti sync.example.go.id:8443, tanpa https://")
	// ErrWrongServer is an ErrOffline: another answers in the server's place, as a Wi-Fi's
	// sign-in page, or the server has got another key.
	ErrWrongServer error = unreachable("yang menjawab bukan server Keluarga Sehat yang dikenal perangkat ini; data tetap aman dan tidak dikirim. Bila memakai Wi-Fi, buka dulu halaman masuknya, atau pakai jaringan lain; bila tetap begini, minta tautan baru kepada administrator Puskesmas")
	// ErrWrongDate is an ErrOffline: by the device's date the server's certificate does not
	// hold yet, or no more.
	ErrWrongDate error = unreachable("menurut tanggal perangkat ini sertifikat server belum atau tidak lagi berlaku; data tetap aman dan tidak dikirim. Periksa tanggal dan jam perangkat, lalu coba lagi; bila sudah benar, beri tahu administrator Puskesmas")
	// ErrSignInAgain: the server asks for the password once more.
	ErrSignInAgain = errors.New("server meminta masuk kembali; data yang belum terkirim tetap aman")
	// ErrSessionReused is an ErrSignInAgain: somebody else has used this device's
	// tokens. The user should change the password and tell the administrator.
	ErrSessionReused = fmt.Errorf("kunci sesi perangkat ini telah dipakai dari tempat lain: ganti kata sandi dan beri tahu administrator Puskesmas; %w", ErrSignInAgain)
	// ErrReincarnated: the database turned out to be a copy of one in use elsewhere, again and
	// again in one Sync; the next one goes on.
	ErrReincarnated = device.ErrReincarnated
	// ErrClosed: the user's data were closed before, by User.Close or a wipe, or the
	// connection by Client.Close.
	ErrClosed = device.ErrClosed
	// ErrNotFound: not on this device.
	ErrNotFound = device.ErrNotFound
	// ErrTakenAway is an ErrNotFound of a family that was on this device, and that the user has
	// worked on or that left since the sign-in: its RT is not the user's any more. What was
	// saved is with the server; who records the family anew makes a double.
	ErrTakenAway = device.ErrTakenAway
	// ErrOutsidePuskesmas: the interview is refused before it begins.
	ErrOutsidePuskesmas = device.ErrOutsidePuskesmas
	// ErrMalformedEdit: the app has put a save together wrongly, as with another kind's
	// message in a record, a field that the kind does not have, or text that is no UTF-8;
	// nothing was saved.
	ErrMalformedEdit = errors.New("aplikasi ini menyusun isian dengan keliru, jadi isian ini tidak disimpan; yang sudah tersimpan tetap aman. Perbarui aplikasi, atau laporkan kepada pembuatnya")
	// ErrNotMember: somebody who is meant is no member of the family, or no more.
	ErrNotMember = errors.New("anggota yang dipilih tidak ada lagi dalam keluarga ini; muat ulang, lalu pilih lagi")
	// ErrPlace: it is no RW and RT, such as "003/007"; nor is "*", which stands for all RT of a
	// village.
	ErrPlace = errors.New("RW dan RT keliru; tulis keduanya dengan angka, misalnya 3/7")
	// ErrFamilyTooLarge: the family would be larger than the server takes it; nothing was
	// saved.
	ErrFamilyTooLarge = device.ErrFamilyTooLarge
	// ErrNoteTooLong and ErrTooManyFamilies: a step of review is over what the server
	// takes of one; nothing was kept.
	ErrNoteTooLong     = device.ErrNoteTooLong
	ErrTooManyFamilies = device.ErrTooManyFamilies
	// ErrValuesChanged: a conflict is not any more the one that was shown.
	ErrValuesChanged = errors.New("isian ini berubah sejak ditampilkan, jadi pilihan Anda tidak disimpan; lihat lagi nilai-nilainya, lalu pilih")
	// ErrStorageFull: the device has no space left; nothing was saved by this
	// call, and the next one may go well again.
	ErrStorageFull = device.ErrStorageFull
	// ErrNoSpace is an ErrStorageFull of what saves no answers, as a sync, a submission or a
	// backup.
	ErrNoSpace = device.ErrNoSpace
	// ErrWiped: the device was revoked; the user's data were taken off it, and what
	// is unsent stays sealed for the server. Sync ends with it once, beside the
	// server's refusal; the user is closed then.
	ErrWiped = device.ErrWiped
	// ErrWipeFailed is an ErrWiped of a storage that would not have it: the user is closed, and
	// the next sync after a sign-in wipes the data.
	ErrWipeFailed = device.ErrWipeFailed
	// ErrHeldLost is an ErrWiped by which what is unsent was lost, too.
	ErrHeldLost = device.ErrHeldLost
	// ErrNothingUnsent: there is nothing to be backed up.
	ErrNothingUnsent = errors.New("tidak ada pekerjaan yang belum terkirim")
	// ErrNoBackup: it is no backup file.
	ErrNoBackup = errors.New("berkas ini bukan berkas cadangan Keluarga Sehat")
	// ErrBackupDamaged: parts of a backup file are missing or were altered; what is
	// left was taken.
	ErrBackupDamaged = errors.New("berkas cadangan rusak atau tidak lengkap; bagian yang masih utuh sudah diambil, mintalah berkas baru dari surveior")
	// ErrNoSupervisor: only a supervisor may do this.
	ErrNoSupervisor = errors.New("hanya supervisor yang dapat melakukan ini")
	// ErrNeverSynced: what this user may do, and where, comes with the first complete sync.
	ErrNeverSynced = errors.New("perangkat ini belum pernah selesai sinkron, sehingga hak dan wilayah kerja Anda belum diketahui; sinkronkan dulu, lalu ulangi")
	// ErrCarriesTooMuch: other devices' work must be delivered before more is taken.
	ErrCarriesTooMuch = device.ErrCarriesTooMuch
	// ErrStorageFailed: the device's storage failed; close the user and sign in
	// again, which checks what is there.
	ErrStorageFailed = device.ErrStorageFailed
)

// Errors whose texts are English, and of which an app tells in its own words.
var (
	// ErrInUse: the user's data are open already, in this program or another.
	ErrInUse = sqlite.ErrInUse
	// ErrNKK: it is no number of a family card, 16 digits.
	ErrNKK = prokesga.ErrNKK
)

// NewerSchema is an error of SignIn, in English: a later version of the app has written the
// user's data, and this one must be brought up to date.
type NewerSchema = sqlite.ErrNewerSchema

// explained is an error with what brought it about, of which its text says nothing: gRPC's
// own words are English, and not for surveyors.
type explained struct{ said, cause error }

// Error is what is said.
func (e *explained) Error() string { return e.said.Error() }

// Unwrap gives both.
func (e *explained) Unwrap() []error { return []error{e.said, e.cause} }

// unreachable is an ErrOffline that says what to do beside waiting for a signal.
type unreachable string

// Error says what to do.
func (e unreachable) Error() string { return string(e) }

// Is makes it an ErrOffline: nothing came of the sync, and the data stay.
func (unreachable) Is(target error) bool { return target == ErrOffline }

// NoRoom is an error of SignIn, Recover, Client.Backup and Client.Deposit: the device has too
// little space left to open the user's data, which stay as they are.
type NoRoom = device.NoRoom

// ServerError is a refusal by the server.
type ServerError struct {
	// Reason is stable, such as DEVICE_REVOKED.
	Reason string
	// Message says in Indonesian what happened, what is safe and what to do.
	Message string
	// RetryAfter is how long to wait; 0: not said.
	RetryAfter time.Duration
	// Code is the gRPC code.
	Code codes.Code
}

// Error is the message.
func (e *ServerError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("server menolak: %s", e.Reason)
	}
	return e.Message
}

// serverError turns a status into the SDK's errors by its reason, never by its
// text.
func serverError(err error) error {
	s, ok := status.FromError(err)
	if !ok || err == nil {
		return err
	}
	e := &ServerError{Code: s.Code(), Reason: s.Code().String()}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			e.Reason = d.GetReason()
		case *errdetails.LocalizedMessage:
			e.Message = d.GetMessage()
		case *errdetails.RetryInfo:
			e.RetryAfter = d.GetRetryDelay().AsDuration()
		}
	}
	switch {
	case e.Reason == syncing.ReasonSignInFailed:
		return ErrWrongPassword
	case e.Reason == syncing.ReasonSessionReused:
		return ErrSessionReused
	case e.Reason == syncing.ReasonTokenInvalid || e.Reason == syncing.ReasonDeviceProof || e.Reason == syncing.ReasonSessionEnded:
		return ErrSignInAgain
	case s.Code() == codes.Canceled && e.Message == "": // by the caller; the server says what it means
		return &explained{context.Canceled, err}
	case s.Code() == codes.DeadlineExceeded && e.Message == "":
		return &explained{context.DeadlineExceeded, err}
	case s.Code() == codes.Unavailable && e.Message == "":
		return &explained{ErrOffline, err}
	}
	return e
}
