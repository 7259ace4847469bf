package promises

import (
	"context"
	"log/slog"
	"strconv"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// feedBytes of a page, so that a few families take several.
const feedBytes = 2000

func (w *World) openServer(ctx context.Context) error {
	var err error
	if w.store, err = sqlite.Open(ctx, w.path, sqlite.Options{Unsafe: true}); err != nil {
		return err
	}
	vault := ingest.NewVault(w.ring, w.bytes)
	core := &ingest.Core{Store: w.store, Vault: vault, Now: w.serverNow}
	if w.auth, err = auth.New(w.store, w.ring, core.Now, w.handovers.bytes, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	trail, err := audit.New(audit.Config{Store: w.store, Ring: w.ring, Now: core.Now, Rand: w.chains})
	if err != nil {
		return err
	}
	w.backend = &session.Backend{
		Store: w.store, Vault: vault, Core: core, Changes: core, Now: core.Now, Rand: w.bytes, FeedBytes: feedBytes, Audit: trail,
	}
	w.watchRights()
	return trail.Checkpoint(ctx)
}

func (w *World) seedServer(ctx context.Context) error {
	return w.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		if err := session.BeginEpoch(ctx, tx, w.bytes); err != nil {
			return err
		}
		var areas []store.Area
		for _, code := range villageCodes {
			areas = append(areas, store.Area{Code: code, Name: "Desa " + code[len(code)-1:]})
		}
		if err := d.PutAreas(ctx, areas); err != nil {
			return err
		}
		err := d.PutPuskesmas(ctx, []store.Puskesmas{{Code: puskesmasCode, Name: "Puskesmas Simulasi", District: "32.04", Villages: villageCodes}})
		if err != nil {
			return err
		}
		for i := range surveyorCount {
			s := &surveyor{name: "surveyor" + strconv.Itoa(i)}
			w.surveyors = append(w.surveyors, s)
			w.replicas = append(w.replicas, &replica{owner: s})
			s.account, err = d.PutAccount(ctx, store.Account{
				UserName: s.name, FullName: []byte{}, Roles: []int32{int32(ksv1.Role_ROLE_SURVEYOR)},
				Puskesmas: puskesmasCode, Assigned: w.randomAssignment(),
			})
			if err != nil {
				return err
			}
			if err := w.register(ctx, tx, s, s.key()); err != nil {
				return err
			}
		}
		boss := &surveyor{name: "supervisor"}
		w.boss = &replica{owner: boss}
		boss.account, err = d.PutAccount(ctx, store.Account{
			UserName: boss.name, FullName: []byte{}, Roles: []int32{int32(ksv1.Role_ROLE_SUPERVISOR)}, Puskesmas: puskesmasCode,
		})
		if err != nil {
			return err
		}
		return w.register(ctx, tx, boss, boss.key())
	})
}

// randomAssignment draws a few RT, or a whole village.
func (w *World) randomAssignment() []string {
	var out []string
	for _, code := range villageCodes {
		switch w.rng.IntN(4) {
		case 0:
			out = append(out, code)
		case 1:
			out = append(out, code+"/001")
		case 2:
			for _, p := range places {
				if w.rng.IntN(2) == 0 {
					out = append(out, code+"/"+p)
				}
			}
		}
	}
	if len(out) == 0 {
		out = append(out, villageCodes[0]+"/"+places[0])
	}
	return out
}

// caller is a surveyor as the server knows them now.
func (w *World) caller(ctx context.Context, s *surveyor) (*access.Caller, error) {
	c := &access.Caller{Device: s.device}
	err := w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		var err error
		if c.Account, err = snap.FindAccount(ctx, s.account); err != nil {
			return err
		}
		p, err := snap.FindPuskesmas(ctx, puskesmasCode)
		if err != nil {
			return err
		}
		c.Work = nil
		for _, code := range p.Villages {
			v, err := snap.VillagesUnder(ctx, code)
			if err != nil {
				return err
			}
			c.Work = append(c.Work, v...)
		}
		return nil
	})
	return c, err
}
