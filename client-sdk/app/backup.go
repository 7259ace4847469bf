package app

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// ExportBackup writes what is unsent to a file.
func (s appService) ExportBackup(ctx context.Context, r *devicev1.ExportBackupRequest) (*devicev1.ExportBackupResponse, error) {
	out, err := s.app.exportBackup(ctx, r.GetUserName())
	return out, statusOf(err)
}

func (a *App) exportBackup(ctx context.Context, name string) (*devicev1.ExportBackupResponse, error) {
	a.mu.Lock()
	client, user := a.client, a.user
	a.mu.Unlock()
	var file bytes.Buffer
	var done clientsdk.BackupResult
	var err error
	switch {
	case client == nil:
		return nil, errNotSetUp
	case user != nil && (name == "" || strings.EqualFold(strings.TrimSpace(name), user.Account().GetUserName())):
		name = user.Account().GetUserName()
		done, err = user.Backup(ctx, &file)
	case name == "":
		return nil, errLocked
	default:
		done, err = client.Backup(ctx, name, &file)
	}
	if err != nil {
		return nil, err
	}
	return &devicev1.ExportBackupResponse{
		File: file.Bytes(), FileName: fmt.Sprintf("cadangan-%s-%s.ksb", name, done.MadeAt.Format("20060102-1504")),
		Changes: uint32(done.Changes), Steps: uint32(done.Steps), Left: uint32(done.Left),
	}, nil
}

// CarryBackup takes another device's file.
func (s appService) CarryBackup(ctx context.Context, r *devicev1.CarryBackupRequest) (*devicev1.CarryBackupResponse, error) {
	user, err := s.app.present()
	if err != nil {
		return nil, statusOf(err)
	}
	n, err := user.Carry(ctx, bytes.NewReader(r.GetFile()))
	return &devicev1.CarryBackupResponse{NewParts: uint32(n)}, statusOf(err)
}

// carriedReason is why work of a file was refused, in words where who carries it can do
// something.
func carriedReason(reason string) string {
	if reason == "DEVICE_REVOKED" {
		return "Izin perangkat asalnya dicabut: penilaian di dalamnya tidak berlaku. Yang menilai harus menilai lagi keluarganya."
	}
	return reason
}

// ListCarried lists the files taken.
func (s appService) ListCarried(ctx context.Context, _ *devicev1.ListCarriedRequest) (*devicev1.ListCarriedResponse, error) {
	user, err := s.app.present()
	if err != nil {
		return nil, statusOf(err)
	}
	files, err := user.CarriedFiles(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	out := &devicev1.ListCarriedResponse{}
	for _, f := range files {
		out.Files = append(out.Files, &devicev1.CarriedFile{
			MadeAt: timestamppb.New(time.UnixMilli(f.MadeMS)), ReceivedAt: timestamppb.New(time.UnixMilli(f.ReceivedMS)), Device: f.Device,
			Parts: uint32(f.Parts), Here: uint32(f.Here), Delivered: uint32(f.Delivered), Items: uint32(f.Items),
			Applied: uint32(f.Applied), Quarantined: uint32(f.Quarantined), Refused: uint32(f.Refused), Reason: carriedReason(f.Reason),
		})
	}
	return out, nil
}
