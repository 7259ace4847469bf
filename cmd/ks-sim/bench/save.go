package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
)

// saves of each side, and those before that bring files and caches to size.
const (
	deviceSaves = 10_000
	warmSaves   = 500
)

// deviceSave measures a surveyor's tap on "save": a new family of four with all
// its members, checked, stamped, sealed twice (for the user, and for the server
// in case the user can't sign in again), chained and durable; beside one durable
// insert of as many bytes into bare SQLite. They alternate, save by save.
func (r *run) deviceSave(ctx context.Context, dir string) (err error) {
	s, err := newSurveyor(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for range warmSaves {
		if _, err := s.save(ctx); err != nil {
			return err
		}
	}
	size, err := s.sizeAtRest(ctx)
	if err != nil {
		return err
	}
	insert, closeBare, err := openBareSQLite(ctx, filepath.Join(dir, "bare.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeBare()) }()
	payload := make([]byte, size/warmSaves)
	var ours, bare []time.Duration
	for i := range deviceSaves {
		took, err := s.save(ctx)
		if err != nil {
			return err
		}
		ours = append(ours, took)
		id := clientsdk.ID{byte(i >> 16), byte(i >> 8), byte(i)}
		begin := time.Now()
		if err := insert(ctx, [][]byte{id[:]}, [][]byte{payload}); err != nil {
			return err
		}
		bare = append(bare, time.Since(begin))
	}
	note := fmt.Sprintf("%d saves of each, alternating; %d bytes a save on disk", deviceSaves, len(payload))
	return errors.Join(r.percentile("device_save_p50", 50, ours, bare, note), r.percentile("device_save_p99", 99, ours, bare, note))
}

func (r *run) percentile(name string, percent int, ours, bare []time.Duration, note string) error {
	at := func(all []time.Duration) float64 {
		slices.Sort(all)
		return float64(all[len(all)*percent/100].Microseconds()) / 1000
	}
	return r.report.add(Figure{Name: name, Value: at(ours), Unit: "ms", Note: note}.beside(at(bare), false))
}

// folderSize is the bytes of a folder's files.
func folderSize(dir string) (total int, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			total += int(info.Size())
		}
	}
	return total, err
}

// surveyor is a user of the SDK at a server in this process.
type surveyor struct {
	field   *field.Field
	client  *clientsdk.Client
	user    *clientsdk.User
	folder  string
	village uint32
	next    *field.Generator
}

func newSurveyor(ctx context.Context, dir string) (s *surveyor, err error) {
	s = &surveyor{next: field.NewGenerator(11, 320405, surveyed), folder: filepath.Join(dir, "device-satu")}
	if s.field, err = field.New(ctx, field.Options{Dir: dir, Surveyors: 1}); err != nil {
		return nil, err
	}
	if s.client, err = s.field.Device("satu"); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if s.user, err = s.client.SignIn(ctx, s.field.Surveyors[0].Name, s.field.Password); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if _, err := s.user.Sync(ctx, nil); err != nil {
		return nil, errors.Join(err, s.close())
	}
	villages, err := s.user.Villages(ctx)
	if err != nil || len(villages) == 0 {
		return nil, errors.Join(err, fmt.Errorf("%d villages", len(villages)), s.close())
	}
	s.village = villages[0].GetVillage()
	return s, nil
}

// sizeAtRest is the bytes of the device's folder with its log written back into
// the database, as it is while nobody is signed in.
func (s *surveyor) sizeAtRest(ctx context.Context) (size int, err error) {
	if err := s.user.Close(); err != nil {
		return 0, err
	}
	if size, err = folderSize(s.folder); err != nil {
		return 0, err
	}
	s.user, err = s.client.SignIn(ctx, s.field.Surveyors[0].Name, s.field.Password)
	return size, err
}

// save makes a family and saves it in one save.
func (s *surveyor) save(ctx context.Context) (time.Duration, error) {
	g := s.next.FamilyOfFour()
	edits := []clientsdk.Edit{}
	round := s.user.NewID()
	edits = append(edits, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindRound, Record: round}, Set: g.Round})
	for _, p := range g.People {
		id := s.user.NewID()
		edits = append(edits,
			clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: id}, Set: p.Member},
			clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindIndividual, Record: round, Member: id}, Set: p.Individual})
	}
	begin := time.Now()
	_, _, err := s.user.StartFamily(ctx, s.village, "003/007", g.Family, edits...)
	return time.Since(begin), err
}

func (s *surveyor) close() error {
	var errs []error
	if s.user != nil {
		errs = append(errs, s.user.Close())
	}
	if s.client != nil {
		errs = append(errs, s.client.Close())
	}
	return errors.Join(append(errs, s.field.Close())...)
}
