package bench

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	sdkdevice "github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// LargeCommand is the hidden command of ks-sim that opens a large device in a
// process of its own, whose memory is measured.
const LargeCommand = "bench-device"

const (
	// largeFamilies are those of a large kecamatan, all on one device.
	largeFamilies = 20_000
	// largeVillages and largePlaces are how they lie.
	largeVillages, largePlaces = 10, 20
	// largeOwn is a week's own work that is not sent.
	largeOwn = 70
	// largeSearches are tried one after the other.
	largeSearches = 50
	largePassword = "cukup panjang"
)

// largeOpened is what the process that opened the device tells.
type largeOpened struct {
	ReadyMS  float64   `json:"ready_ms"`
	SearchMS []float64 `json:"search_ms"`
	ListMS   float64   `json:"list_ms"`
	Families int       `json:"families"`
	PeakMiB  float64   `json:"peak_mib"`
	// OpenCPUMS and PasswordCPUMS are processor time: of opening, and of deriving the
	// key from a password alone. On busy cores they tell more than the clock.
	OpenCPUMS     float64 `json:"open_cpu_ms"`
	PasswordCPUMS float64 `json:"password_cpu_ms"`
	SearchCPUMS   float64 `json:"search_cpu_ms"`
}

// large measures a device that holds 20,000 families: from the unlocked key to the
// first list, search, memory, size; beside a bare scan of as many rows.
func (r *run) large(ctx context.Context, dir string) (err error) {
	path := filepath.Join(dir, "ks-besar.db")
	payload, err := makeLarge(ctx, path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	const tries = 5
	var opened []largeOpened
	var bare []float64
	for range tries {
		o, err := openLargeApart(ctx, path)
		if err != nil {
			return err
		}
		opened = append(opened, o)
		scan, err := bareScan(ctx, filepath.Join(dir, "bare.db"), payload)
		if err != nil {
			return err
		}
		bare = append(bare, scan)
	}
	slices.SortFunc(opened, func(a, b largeOpened) int { return int(a.ReadyMS*1000) - int(b.ReadyMS*1000) })
	slices.Sort(bare)
	o := opened[tries/2]
	slices.Sort(o.SearchMS)
	mib := float64(info.Size()) / (1 << 20)
	note := fmt.Sprintf("%d families and %d unsent saves, median of %d starts; processor time of the whole start %.0f ms, of it %.0f the password's",
		largeFamilies, largeOwn, tries, o.OpenCPUMS, o.PasswordCPUMS)
	return errors.Join(
		r.report.add(Figure{Name: "large_ready", Value: o.ReadyMS, Unit: "ms", Note: "from unlocked key to usable; " + note + "; under 300 asked"}.beside(bare[tries/2], false)),
		r.report.add(Figure{Name: "large_list", Value: o.ListMS, Unit: "ms", Note: "first page of the list"}),
		r.report.add(Figure{Name: "large_search", Value: o.SearchMS[len(o.SearchMS)*95/100], Unit: "ms", Note: fmt.Sprintf("95th percentile of searches by name and No. KK, mean processor time %.1f ms; under 30 asked", o.SearchCPUMS/largeSearches)}),
		r.report.add(Figure{Name: "large_memory", Value: o.PeakMiB, Unit: "MiB", PeakMiB: o.PeakMiB, Note: "peak of the process, most of it the program itself; under 80 asked"}),
		r.report.add(Figure{Name: "large_size", Value: mib, Unit: "MiB", Note: "the device's database; under 30 asked"}),
	)
}

// quiet is a link that nobody hears.
type quiet struct{}

// Send drops the message.
func (quiet) Send(*ksv1.SyncRequest) error { return nil }

// SendUpload drops the page.
func (quiet) SendUpload(uint64, *ksv1.UploadPage) error { return nil }

func largeOptions(path string) sdkdevice.Options {
	return sdkdevice.Options{Path: path, Env: sdkdevice.Env{Now: time.Now, Rand: rand.Reader}, Cost: record.MinPasswordCost}
}

// makeLarge makes the device as syncs and saves would; payload is what a family
// takes.
func makeLarge(ctx context.Context, path string) (payload int, err error) {
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		return 0, err
	}
	s, err := sdkdevice.Create(ctx, largeOptions(path), largePassword, sdkdevice.Profile{Device: 1, Account: 1, EscrowPublicKey: ring.EscrowPublicKey()})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	session, err := sdkdevice.StartSession(ctx, s, quiet{}, "0", sdkdevice.Offer{})
	if err != nil {
		return 0, err
	}
	welcome := &ksv1.SyncWelcome{ClockMs: uint64(time.Now().UnixMilli()), Epoch: 1, Compression: ksv1.Compression_COMPRESSION_IDENTITY, Scope: &ksv1.SyncScope{Revision: 1}}
	for v := range uint32(largeVillages) {
		key, err := ring.DigestKey(v + 1)
		if err != nil {
			return 0, err
		}
		welcome.Scope.Villages = append(welcome.Scope.Villages, &ksv1.VillageScope{
			Village: v + 1, Code: fmt.Sprintf("32.04.05.2%03d", v+1), Name: "Desa", Places: []string{"*"}, DigestKey: key[:], PuskesmasCode: "P3204050101",
		})
	}
	if err := session.Receive(ctx, &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Welcome{Welcome: welcome}}, nil); err != nil {
		return 0, err
	}
	number, total := uint64(0), 0
	for v := range uint32(largeVillages) {
		for p := range largePlaces {
			page, err := largePage(v+1, fmt.Sprintf("%03d/%03d", p/5+1, p%5+1), uint64(p+1))
			if err != nil {
				return 0, err
			}
			for _, f := range page.GetFamilies() {
				total += len(f.GetState())
			}
			looked, err := sdkdevice.LookAt(page)
			if err != nil {
				return 0, err
			}
			number++
			message := &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Download{Download: &ksv1.SyncChunk{Number: number}}}
			if err := session.Receive(ctx, message, looked); err != nil {
				return 0, err
			}
		}
	}
	return total / largeFamilies, ownWork(ctx, s)
}

// largePage is an RT as the feed would bring it.
func largePage(village uint32, place string, revision uint64) (*ksv1.FeedPage, error) {
	page := &ksv1.FeedPage{Village: village, Cursor: &ksv1.VillageMark{Village: village, Revision: revision * 1000, Hash: make([]byte, 32)}}
	a := newAuthor(2, 2, village*1000+uint32(revision), village, place)
	for i := range largeFamilies / largeVillages / largePlaces {
		c, err := a.change(uint64(surveyed.UnixMilli()))
		if err != nil {
			return nil, err
		}
		state, err := merge.FromChange(c)
		if err != nil {
			return nil, err
		}
		page.Families = append(page.Families, &ksv1.FeedFamily{State: state.Encode(nil), Revision: revision*1000 - 500 + uint64(i)})
	}
	return page, nil
}

// ownWork edits some of the families.
func ownWork(ctx context.Context, s *sdkdevice.Store) error {
	list, _ := s.Families(sdkdevice.Query{Limit: largeOwn})
	for i := range list {
		address := fmt.Sprint("Jalan Mawar ", i)
		_, err := s.Save(ctx, list[i].ID, 0, func(*sdkdevice.Draft) ([]merge.RecordEdit, error) {
			return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Address: &address}}}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func openLargeApart(ctx context.Context, path string) (out largeOpened, err error) {
	self, err := os.Executable()
	if err != nil {
		return out, err
	}
	command := exec.CommandContext(ctx, self, LargeCommand, path)
	command.Stderr = os.Stderr
	answer, err := command.Output()
	if err != nil {
		return out, fmt.Errorf("open the device: %w", err)
	}
	return out, json.Unmarshal(answer, &out)
}

// OpenLarge opens a device that bench made, searches it, and tells how it went.
func OpenLarge(ctx context.Context, path string, to io.Writer) (err error) {
	out := largeOpened{}
	var s *sdkdevice.Store
	out.OpenCPUMS, err = processorTime(func() (err error) {
		s, err = sdkdevice.Open(ctx, largeOptions(path), largePassword)
		return err
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	out.ReadyMS = milliseconds(s.UnlockTook())
	begin := time.Now()
	list, total := s.Families(sdkdevice.Query{})
	out.ListMS, out.Families = milliseconds(time.Since(begin)), total
	if total != largeFamilies || s.Loss() != nil {
		return fmt.Errorf("%d families, loss %+v", total, s.Loss())
	}
	out.SearchCPUMS, err = processorTime(func() error {
		out.search(s, list)
		return nil
	})
	if err != nil {
		return err
	}
	if out.PeakMiB, err = peakMiB(os.Getpid()); err != nil {
		return err
	}
	// Behind the peak, to which it does not belong.
	out.PasswordCPUMS, err = processorTime(func() error {
		_, err := record.Stretch(nil).WrapKey(rand.Reader, []byte(largePassword), record.MinPasswordCost, record.Key{})
		return err
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(to).Encode(out)
}

// search looks for names and numbers, one after the other.
func (o *largeOpened) search(s *sdkdevice.Store, list []sdkdevice.Summary) {
	words := []string{"siti", "budi santoso", "wati a", "zzz", "12"}
	for i := range largeSearches {
		word := words[i%len(words)]
		if i%3 == 0 {
			word = fmt.Sprint(list[i].NKK)
		}
		begin := time.Now()
		s.Families(sdkdevice.Query{Text: word})
		o.SearchMS = append(o.SearchMS, milliseconds(time.Since(begin)))
	}
}

// processorTime is what something takes of the processor, in milliseconds.
func processorTime(do func() error) (took float64, err error) {
	used := func() (float64, error) {
		var u syscall.Rusage
		err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6, err
	}
	before, err := used()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := used()
	return after - before, err
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// bareScan reads as many rows of as many bytes from bare SQLite.
func bareScan(ctx context.Context, path string, payload int) (took float64, err error) {
	if _, err := os.Stat(path); err != nil {
		insert, closeBare, err := openBareSQLite(ctx, path)
		if err != nil {
			return 0, err
		}
		var ids, rows [][]byte
		for i := range largeFamilies {
			id := merge.NewID(1, 1, uint64(i))
			ids, rows = append(ids, id[:]), append(rows, make([]byte, payload))
		}
		const rowsAtOnce = 1000
		for at := 0; at < len(ids) && err == nil; at += rowsAtOnce {
			err = insert(ctx, ids[at:at+rowsAtOnce], rows[at:at+rowsAtOnce])
		}
		if err := errors.Join(err, closeBare()); err != nil {
			return 0, err
		}
	}
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	begin := time.Now()
	rows, err := db.QueryContext(ctx, `SELECT id, payload FROM bare`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var id, data sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&id, &data); err != nil {
			return 0, err
		}
	}
	return milliseconds(time.Since(begin)), rows.Err()
}
