package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/internal/sheet"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// exports measures what a million families take to leave as files: time, and
// memory, which must not grow with them.
func (r *run) exports(ctx context.Context, dir string) (err error) {
	r.log("export: storing %d families", r.ExportFamilies)
	core, _, err := stock(ctx, filepath.Join(dir, "server.db"), sqlite.Options{Unsafe: true}, r.ExportFamilies)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Store.Close()) }()
	for _, x := range []struct {
		name string
		to   exchange.Export
	}{
		{"export_raw_csv", exchange.Export{Format: rawsurvei.CSV}},
		{"export_list_csv", exchange.Export{List: &exchange.List{Format: sheet.CSV}}},
		{"export_list_xlsx", exchange.Export{List: &exchange.List{Format: sheet.XLSX}}},
	} {
		x.to.Store, x.to.Vault = core.Store, core.Vault
		if err := r.exportOnce(ctx, x.name, &x.to); err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
	}
	return nil
}

// exportOnce writes a file to nowhere and looks at what lives on the heap at every
// tenth of it.
func (r *run) exportOnce(ctx context.Context, name string, e *exchange.Export) error {
	var out counter
	var live []float64
	families, tenth := 0, max(r.ExportFamilies/10, 1)
	e.Wrote = func(string, int64) {
		if families++; families%tenth == 0 {
			live = append(live, liveMiB())
		}
	}
	begin := time.Now()
	done, err := e.To(store.AsOperator(ctx), &out)
	if err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	if done.Written+done.Left != r.ExportFamilies || done.Written != families {
		return fmt.Errorf("%d families were written and %d left, of %d", done.Written, done.Left, r.ExportFamilies)
	}
	peak, err := peakMiB(os.Getpid())
	if err != nil {
		return err
	}
	return r.report.add(Figure{Name: name, Value: float64(families) / took, Unit: "families/s", PeakMiB: peak,
		Note: fmt.Sprintf("%d families, %d rows, %.0f MiB; live heap at each tenth %.1f MiB", families, done.Rows, float64(out)/(1<<20), live)})
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// liveMiB is what the heap holds after a collection.
func liveMiB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
