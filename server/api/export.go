package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Metadata of an export's stream; the REST edge makes headers of them.
const (
	MetaExportID    = "export-id"
	MetaFileName    = "file-name"
	MetaContentType = "content-type-of-file"
	MetaRowCount    = "row-count"
	MetaLeftOut     = "left-out"
)

// Limits of exports under way in one server process.
const (
	// MaxFigureExports, of which an account, or a feed token, has maxOwnExports.
	MaxFigureExports = 32
	maxOwnExports    = 4
	// exportTime bounds one export, however slowly it is received.
	exportTime = time.Hour
	// exportChunk is what is sent at a time.
	exportChunk = 32 << 10
	// noteExport is how often it is kept how far one is.
	noteExport = 2 * time.Second
	// keepExports is how long their ends are kept, and shownExports how many.
	keepExports  = 30 * 24 * time.Hour
	shownExports = 100
)

// TooManyExports asks to wait for one that is under way. Of families there may be
// store.LongReads, of which an account has one: each holds a snapshot as long as
// its receiver takes.
type TooManyExports struct{ Wait time.Duration }

// Error says so.
func (e *TooManyExports) Error() string { return "too many exports under way" }

// exports counts those under way. The zero value is ready; safe for concurrent
// use.
type exports struct {
	mu   sync.Mutex
	all  int            // guarded by mu
	each map[string]int // guarded by mu; by owner
}

// begin takes a place; done gives it back. Errors: *TooManyExports.
func (e *exports) begin(owner string, own, all int) (done func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.all >= all || e.each[owner] >= own {
		// By then, who takes nothing has lost the place.
		return nil, &TooManyExports{Wait: paceWindow}
	}
	if e.each == nil {
		e.each = map[string]int{}
	}
	e.all++
	e.each[owner]++
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.all--
		if e.each[owner]--; e.each[owner] == 0 {
			delete(e.each, owner)
		}
	}, nil
}

// file is a file about to leave.
type file struct {
	name, contentType string
	// fill writes it, and counts rows and families.
	fill func(ctx context.Context, w io.Writer, p *exportProgress) error
}

// exportProgress is how far an export is; leftOut is known at its end.
type exportProgress struct{ rows, families, leftOut atomic.Int64 }

// send streams a file and keeps how far it is. It ends when the receiver goes, or
// is too slow.
func (s *Services) send(stream grpc.ServerStreamingServer[httpbody.HttpBody], f *file) error {
	ctx, cancel := context.WithTimeout(stream.Context(), exportTime)
	defer cancel()
	var progress exportProgress
	kept, err := s.keepExport(ctx, f.name, &progress)
	if err != nil {
		return err
	}
	head := metadata.Pairs(MetaExportID, kept.row.ID.String(), MetaFileName, f.name, MetaContentType, f.contentType)
	err = stream.SendHeader(head)
	if err == nil {
		out := newSender(ctx, stream, f.contentType, s.Receivers.orDefault())
		w := bufio.NewWriterSize(out, exportChunk)
		if err = f.fill(out.ctx, w, &progress); err == nil {
			err = w.Flush()
		}
		err = out.close(err)
	}
	if failed := kept.end(ctx, err); err == nil {
		err = failed
	}
	stream.SetTrailer(metadata.Pairs(
		MetaRowCount, strconv.FormatInt(progress.rows.Load(), 10), MetaLeftOut, strconv.FormatInt(progress.leftOut.Load(), 10)))
	return err
}

// keptExport keeps in the store how far an export is.
type keptExport struct {
	services *Services
	progress *exportProgress
	row      store.Export
	stop     context.CancelFunc
	stopped  chan struct{}
}

// keepExport writes that an export has begun. A feed's are not kept: nobody asks
// for them.
func (s *Services) keepExport(ctx context.Context, name string, p *exportProgress) (*keptExport, error) {
	caller, now := callerOf(ctx), s.Now().UnixMilli()
	k := &keptExport{services: s, progress: p, stopped: make(chan struct{})}
	id, err := s.Vault.NewSalt()
	if err != nil {
		return nil, err
	}
	k.row = store.Export{
		Account: caller.Account.Number, ID: merge.ID(id), State: int32(ksv1.ExportState_EXPORT_STATE_RUNNING), FileName: name,
		BeganMS: now, UpdatedMS: now,
	}
	if caller.Feed != nil {
		close(k.stopped)
		k.stop, k.services = func() {}, nil
		return k, nil
	}
	err = s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		return errors.Join(d.ForgetExports(ctx, now-keepExports.Milliseconds()), d.PutExport(ctx, k.row))
	})
	if err != nil {
		return nil, err
	}
	noting, stop := context.WithCancel(ctx)
	k.stop = stop
	go k.note(noting)
	return k, nil
}

// note writes how far the export is, until it is stopped. A store that can't be
// reached is told at the end.
func (k *keptExport) note(ctx context.Context) {
	defer close(k.stopped)
	ticker := time.NewTicker(noteExport)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := k.put(ctx, ksv1.ExportState_EXPORT_STATE_RUNNING); err != nil && ctx.Err() == nil {
			k.services.Log.WarnContext(ctx, "note export", "error", err)
		}
	}
}

func (k *keptExport) put(ctx context.Context, state ksv1.ExportState) error {
	row := k.row
	row.State, row.Rows, row.Families = int32(state), k.progress.rows.Load(), k.progress.families.Load()
	row.LeftOut, row.UpdatedMS = k.progress.leftOut.Load(), k.services.Now().UnixMilli()
	return k.services.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutExport(ctx, row) })
}

// end writes how it ended.
func (k *keptExport) end(ctx context.Context, failed error) error {
	k.stop()
	<-k.stopped
	if k.services == nil {
		return nil
	}
	state := ksv1.ExportState_EXPORT_STATE_DONE
	if failed != nil {
		state = ksv1.ExportState_EXPORT_STATE_BROKEN_OFF
	}
	return k.put(context.WithoutCancel(ctx), state)
}

type exportService struct {
	ksv1.UnimplementedExportServiceServer
	services *Services
}

func (e exportService) GetExport(ctx context.Context, r *ksv1.GetExportRequest) (*ksv1.GetExportResponse, error) {
	id, err := merge.ParseID(r.GetExportId())
	if err != nil {
		return nil, &errBadRequest{"export_id", "is no UUID", textStale}
	}
	var row store.Export
	err = e.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.FindExport(ctx, callerOf(ctx).Account.Number, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &ksv1.GetExportResponse{Export: e.services.exportMessage(&row)}, nil
}

func (e exportService) ListExports(ctx context.Context, _ *ksv1.ListExportsRequest) (*ksv1.ListExportsResponse, error) {
	var rows []store.Export
	err := e.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.ListExports(ctx, callerOf(ctx).Account.Number, shownExports)
		return err
	})
	out := &ksv1.ListExportsResponse{}
	for i := range rows {
		out.Exports = append(out.Exports, e.services.exportMessage(&rows[i]))
	}
	return out, err
}

// exportMessage is an export as its owner sees it. One that has not been heard of
// for long went with its server.
func (s *Services) exportMessage(e *store.Export) *ksv1.Export {
	const lost = 10 * noteExport
	state := ksv1.ExportState(e.State)
	if state == ksv1.ExportState_EXPORT_STATE_RUNNING && s.Now().UnixMilli()-e.UpdatedMS > lost.Milliseconds() {
		state = ksv1.ExportState_EXPORT_STATE_BROKEN_OFF
	}
	return &ksv1.Export{
		ExportId: e.ID.String(), State: state, FileName: e.FileName, Rows: uint64(e.Rows), Families: uint64(e.Families),
		LeftOut: uint64(e.LeftOut), BeganAt: timestamppb.New(time.UnixMilli(e.BeganMS)), UpdatedAt: timestamppb.New(time.UnixMilli(e.UpdatedMS)),
	}
}

// fileName is a name of ASCII alone that tells what the file holds: no personal
// data, and nothing that a file system would mind.
func (s *Services) fileName(what, of, extension string) string {
	if of == "" {
		of = "id"
	}
	return fmt.Sprintf("%s-%s-%s.%s", what, strings.ReplaceAll(of, "/", "-"), s.Now().In(area.WIB).Format("20060102-1504"), extension)
}
