package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/usage"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// season is a Puskesmas at work for some days.
type season struct {
	crew
	surveyors, days, perDay int
	// conflict is the chance that a surveyor, after an interview, edits one of the
	// families that the neighbour may edit too; duplicate, that both interview one family;
	// disconnect, that a sync is cut.
	conflict, duplicate, disconnect float64
	seed                            uint64
	database                        string

	// What happened.
	families, edits, duplicates, cuts, syncs atomic.Int64
}

func puskesmasCommand() *cobra.Command {
	s := &season{}
	c := &cobra.Command{
		Use:   "puskesmas",
		Short: "Simulate a Puskesmas for some days: real devices, chosen rates of conflict, duplication and disconnection",
		Long: `puskesmas starts a real server and surveyors' devices on the real SDK. Each day
every surveyor interviews families offline; some edit what the neighbour edits
too, some interview a family that the neighbour interviews as well; in the
evening all sync at once, and some lose their link. At the end everybody syncs
again and the promises are checked: exit code 1 if one was broken. The choices
follow from the seed; what the devices do at the same moment does not.`,
		Example: "  ks-sim puskesmas --surveyors 20 --days 5 --per-day 10 --conflict 0.2 --disconnect 0.5",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.check(); err != nil {
				return &usage.Error{Cause: err}
			}
			s.out, s.errs = cmd.OutOrStdout(), cmd.ErrOrStderr()
			return s.run(cmd.Context())
		},
	}
	c.Flags().IntVar(&s.surveyors, "surveyors", 10, "`number` of surveyors, each with a device (2 to 200)")
	c.Flags().IntVar(&s.days, "days", 3, "working `days` (1 to 365)")
	c.Flags().IntVar(&s.perDay, "per-day", 8, "`families` each surveyor interviews a day (1 to 1000)")
	c.Flags().Float64Var(&s.conflict, "conflict", 0.1, "`chance` after an interview of editing what the neighbour edits")
	c.Flags().Float64Var(&s.duplicate, "duplicate", 0.02, "`chance` that an interview is of a family that the neighbour has too")
	c.Flags().Float64Var(&s.disconnect, "disconnect", 0.3, "`chance` that a sync is cut in the middle")
	c.Flags().Uint64Var(&s.seed, "seed", 1, "`number` that all choices follow from")
	c.Flags().StringVar(&s.database, "database", "", "PostgreSQL `address` of an empty database; empty: SQLite")
	return c
}

func (s *season) check() error {
	for _, x := range []struct {
		name      string
		n, lo, hi int
	}{{"surveyors", s.surveyors, 2, 200}, {"days", s.days, 1, 365}, {"per-day", s.perDay, 1, 1000}} {
		if x.n < x.lo || x.n > x.hi {
			return fmt.Errorf("--%s %d: from %d to %d", x.name, x.n, x.lo, x.hi)
		}
	}
	for _, x := range []struct {
		name   string
		chance float64
	}{{"conflict", s.conflict}, {"duplicate", s.duplicate}, {"disconnect", s.disconnect}} {
		if !(x.chance >= 0 && x.chance <= 1) {
			return fmt.Errorf("--%s %v: a chance lies between 0 and 1", x.name, x.chance)
		}
	}
	return nil
}

func (s *season) run(ctx context.Context) (err error) {
	start := time.Now()
	dir, err := os.MkdirTemp("", "ks-puskesmas-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o := field.Options{Dir: dir, Surveyors: s.surveyors, PasswordCost: auth.DefaultPasswordCost}
	if s.database != "" {
		var db store.Store
		if db, err = postgres.Open(ctx, s.database); err != nil {
			return err
		}
		o.Store = db
		defer func() { err = errors.Join(err, db.Close()) }()
	}
	if s.field, err = field.New(ctx, o); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.signIn(ctx); err != nil {
		return err
	}
	for day := range s.days {
		if err := s.day(ctx, day); err != nil {
			return fmt.Errorf("day %d: %w", day+1, err)
		}
		fmt.Fprintf(s.out, "day %d: %d families, %d edits of the neighbour's, %d interviewed twice; %d syncs, %d cut\n",
			day+1, s.families.Load(), s.edits.Load(), s.duplicates.Load(), s.syncs.Load(), s.cuts.Load())
	}
	return s.end(ctx, start)
}

// day is a day of all surveyors at once, offline, and the evening's syncs.
func (s *season) day(ctx context.Context, day int) error {
	bar := s.bar(s.surveyors*s.perDay, fmt.Sprintf("day %d", day+1))
	// In the morning everybody fetches what the others sent last.
	err := s.each(func(_ int, u *clientsdk.User) error {
		_, err := s.proved(ctx, u)
		return err
	})
	if err != nil {
		return err
	}
	err = s.each(func(i int, u *clientsdk.User) error {
		random := rand.New(rand.NewPCG(s.seed, uint64(day)<<32|uint64(i)))
		for n := range s.perDay {
			if err := s.interview(ctx, u, random, day, i, n); err != nil {
				return err
			}
			if err := bar.Add(1); err != nil {
				return err
			}
		}
		return s.evening(ctx, u, random)
	})
	return errors.Join(err, bar.Finish())
}

func (s *season) interview(ctx context.Context, u *clientsdk.User, random *rand.Rand, day, i, n int) error {
	villages, err := u.Villages(ctx)
	if err != nil {
		return err
	}
	// Neighbours (2k, 2k+1) share a village; one seed gives both one family.
	seed := s.seed<<40 | uint64(day)<<28 | uint64(i)<<12 | uint64(n)
	if random.Float64() < s.duplicate {
		seed = s.seed<<40 | uint64(day)<<28 | uint64(i&^1)<<12 | 1<<11 | uint64(n)
		s.duplicates.Add(1)
	}
	place := fmt.Sprintf("%03d/%03d", 1+i%2, 1+random.IntN(5))
	family := field.NewGenerator(seed, 320405, time.Now()).Family()
	if _, err := field.Interview(ctx, u, villages[0].GetVillage(), place, family); err != nil {
		return err
	}
	s.families.Add(1)
	if random.Float64() >= s.conflict {
		return nil
	}
	// Both neighbours know the village's first families since the morning.
	list, _ := u.Families(clientsdk.Query{Limit: s.surveyors * s.perDay * s.days})
	list = slices.DeleteFunc(list, func(f clientsdk.Summary) bool { return f.Unsent })
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b clientsdk.Summary) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	list = list[:min(len(list), 3)]
	f := &ksv1.Family{Address: proto.String(fmt.Sprintf("Jl. Melati %d (surveyor%d)", random.IntN(100), i+1))}
	_, err = u.Save(ctx, list[random.IntN(len(list))].ID, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: f})
	s.edits.Add(1)
	return err
}

// evening syncs; a cut sync is tried again.
func (s *season) evening(ctx context.Context, u *clientsdk.User, random *rand.Rand) error {
	if random.Float64() < s.disconnect {
		cut, cancel := context.WithCancel(ctx)
		at := 1 + random.IntN(2*s.perDay)
		_, err := u.Sync(cut, func(p clientsdk.Progress) {
			if p.Sent+p.Received >= at {
				cancel()
			}
		})
		cancel()
		s.syncs.Add(1)
		if err != nil {
			s.cuts.Add(1)
		}
	}
	_, err := s.proved(ctx, u)
	s.syncs.Add(1)
	return err
}

// end lets everybody have what the others sent, and checks the promises.
func (s *season) end(ctx context.Context, start time.Time) error {
	for range 2 {
		err := s.each(func(_ int, u *clientsdk.User) error {
			_, err := s.proved(ctx, u)
			return err
		})
		if err != nil {
			return err
		}
	}
	stored, err := s.settled(ctx, int(s.families.Load()))
	if err != nil {
		return err
	}
	conflicts := map[clientsdk.ID]int{}
	for _, u := range s.users {
		list, _ := u.Families(clientsdk.Query{Limit: stored.Families})
		for _, f := range list {
			conflicts[f.ID] = f.Conflicts
		}
	}
	n := 0
	for _, c := range conflicts {
		n += c
	}
	fmt.Fprintf(s.out, "\n%d families, %d changes verified from the history; %d registers hold several values; every device proved equal by digests. %s\n",
		stored.Families, stored.Changes, n, time.Since(start).Round(100*time.Millisecond))
	return nil
}
