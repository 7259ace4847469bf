package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// ledger is what a restore carries out again, outside the store; named after what it held at
// first.
func (o *options) ledger() string { return filepath.Join(o.dir, "erasures.jsonl") }

// grounds are the legal grounds that a command on a person's right takes.
var grounds = []string{"request", "consent-withdrawn", "unlawful-processing", "no-longer-needed", "court-order"}

// personRequest is what every command on a person's rights is told.
type personRequest struct {
	nik, nkk, family, member       string
	reason, ground, by, approvedBy string
	lift, confirmed, everywhere    bool
	output                         string
	act                            func(ctx context.Context, s *person.Service, found []person.Found, out io.Writer) error
	name                           string
}

func personCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "person", Short: "Carry out a person's rights: export, trail, corrections, restrict, erase", Args: cobra.NoArgs,
		Long: `Each command finds a person by NIK, a household by its card's number (NKK), or
either by id; needs a reason (a reference such as a letter's number, no personal
data), a legal ground and the account of a second person, whose password it reads
from standard input; and is recorded in the audit trail before it shows or changes
anything. Give --nik - or --nkk -: the number is then read from standard input too,
its second line, behind the password (a terminal is asked for both, and shows
neither). On the command line other users of the host can read it, and the shell
and sudo keep it. Where erasure is asked for, restriction is the rule and erasure the
exception: erase needs --i-have-considered-restriction.

By NIK or NKK they are found at once, by the index, where they count now. With
--everywhere every family is opened, some 15,000 a second and processor (a district
takes half a minute, the nation more than an hour on one): they are found also where
a person left or was entered twice, and in families that moved away or were merged
into another. An erasure that is to leave nothing needs that.

Restricted families are kept and counted in figures, and shown by no page, list or
export. At its next sync each device lets go of them, once its unsent work in them
is sent and merged; a device that does not sync keeps what it has ('ks-server
device held' lists it). Work that was under way and brings members of a restricted
family into another restricts that one along. --lift brings back those it is asked
for, and names the others, each of which is lifted by itself.`,
		RunE: func(*cobra.Command, []string) error {
			return misused("say what: export, trail, corrections, restrict or erase")
		},
	}
	c.AddCommand(
		personAct(o, "export", "Write all that is held of them, as JSON", exportPerson),
		personAct(o, "trail", "Write who saw and changed it, as JSON lines", trailOfPerson),
		personAct(o, "corrections", "Write every change of it, oldest first, as JSON lines", correctionsOfPerson),
		personAct(o, "restrict", "Keep and count them, off devices and out of pages, lists and exports (--lift: no longer)", nil),
		personAct(o, "erase", "Erase them for good; only a mark stays", erasePerson),
	)
	return c
}

type personDo func(ctx context.Context, s *person.Service, found []person.Found, out io.Writer) error

func personAct(o *options, name, short string, do personDo) *cobra.Command {
	r := &personRequest{name: name}
	c := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		Example: "  ks-server person " + name + " --nik - --reason 'surat 441/2026' --ground request --by pusdatin --approved-by kepala",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.act = do
			if do == nil {
				r.act = restrictPerson
				if r.lift {
					r.act = liftRestriction
				}
			}
			return withOutput(r.output, cmd.OutOrStdout(), func(out io.Writer) error {
				return o.runPerson(cmd.Context(), r, cmd.InOrStdin(), out, cmd.ErrOrStderr())
			})
		},
	}
	f := c.Flags()
	f.StringVar(&r.nik, "nik", "", "the person's `NIK`; - to be asked for it")
	f.StringVar(&r.nkk, "nkk", "", "the household's `NKK`; - to be asked for it")
	f.StringVar(&r.family, "family", "", "`id` of the household")
	f.StringVar(&r.member, "member", "", "`id` of a person in --family")
	f.StringVar(&r.reason, "reason", "", "`reference`, such as a letter's number; no personal data")
	f.StringVar(&r.ground, "ground", "", "legal ground: "+strings.Join(grounds, ", "))
	f.StringVar(&r.by, "by", "", "user `name` of who asks")
	f.StringVar(&r.approvedBy, "approved-by", "", "user `name` of the second person")
	r.output = "-"
	if name != "restrict" { // which writes nothing
		f.StringVarP(&r.output, "output", "o", r.output, "`file` to write; - for standard output")
	}
	f.BoolVar(&r.everywhere, "everywhere", false, "with --nik or --nkk open every family, to find them also where they left")
	if name == "restrict" {
		f.BoolVar(&r.lift, "lift", false, "lift the restriction")
	}
	if name == "erase" {
		f.BoolVar(&r.confirmed, "i-have-considered-restriction", false, "erasure can't be undone")
	}
	return c
}

// longNumber is what might be a NIK or a telephone number in a reason.
var longNumber = regexp.MustCompile(`[0-9]{8,}`)

// maxReason is the longest reason, characters; it goes into the audit trail.
const maxReason = 120

// fromInput in place of a number has it read from standard input.
const fromInput = "-"

// flagNumber is a number that a flag gives.
type flagNumber struct {
	flag, text string
	to         *uint64
}

func (r *personRequest) numbers(who *person.Selector) []flagNumber {
	return []flagNumber{{"--nik", r.nik, &who.NIK}, {"--nkk", r.nkk, &who.NKK}}
}

var errNot16 = errors.New("has 16 digits")

func parseNumber(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || len(text) != 16 {
		return 0, errNot16
	}
	return n, nil
}

// readNumber reads the number that is not on the command line, and warns of one that is.
func (r *personRequest) readNumber(who *person.Selector, in *asked, errs io.Writer) (err error) {
	for _, n := range r.numbers(who) {
		switch n.text {
		case "":
			continue
		case fromInput:
		default:
			fmt.Fprintf(errs, "warning: every user of this host can read the number that %s has on the command line, and the shell keeps it: give %[1]s -, and the number as the second line of standard input\n", n.flag)
			continue
		}
		text, err := in.line(strings.ToUpper(strings.TrimPrefix(n.flag, "--")))
		if err != nil {
			return err
		}
		if *n.to, err = parseNumber(strings.TrimSpace(text)); err != nil {
			return misused("%s -: the second line of standard input, behind the password, %w", n.flag, err)
		}
	}
	return nil
}

// check judges the arguments by themselves.
func (r *personRequest) check() (who person.Selector, err error) {
	given := 0
	for _, n := range r.numbers(&who) {
		if n.text == "" {
			continue
		}
		given++
		if n.text == fromInput {
			continue
		}
		if *n.to, err = parseNumber(n.text); err != nil {
			return who, misused("%s %w", n.flag, err)
		}
	}
	if r.family != "" {
		given++
		if who.Family, err = merge.ParseID(r.family); err != nil {
			return who, misused("--family: %v", err)
		}
	}
	if r.member != "" {
		if who.Member, err = merge.ParseID(r.member); err != nil || r.family == "" {
			return who, misused("--member is an id within --family")
		}
	}
	switch {
	case given != 1:
		return who, misused("name the person by one of --nik, --nkk, --family")
	case strings.TrimSpace(r.reason) == "" || utf8.RuneCountInString(r.reason) > maxReason || longNumber.MatchString(r.reason):
		return who, misused("--reason is a reference of at most %d characters, without personal data or long numbers", maxReason)
	case !slices.Contains(grounds, r.ground):
		return who, misused("--ground is one of %s", strings.Join(grounds, ", "))
	case r.by == "" || r.approvedBy == "" || auth.NormalUserName(r.by) == auth.NormalUserName(r.approvedBy):
		return who, misused("--by and --approved-by name two people")
	case r.name == "erase" && !r.confirmed:
		return who, misused("restriction is the rule: 'ks-server person restrict'; to erase all the same add --i-have-considered-restriction")
	}
	return who, nil
}

// notInIndex says why nobody may be found by a number who is there: the index could not be
// brought up to now, or families can't be read; nil: nobody is.
func notInIndex(ctx context.Context, s store.Store, behind error) error {
	var unread *follow.UnreadError
	switch {
	case errors.Is(behind, store.ErrOvertaken):
		return fmt.Errorf("no person with that number is in the index yet, and another process is updating it; run the command again in a minute: %w", behind)
	case behind != nil && !errors.As(behind, &unread):
		return fmt.Errorf("no person with that number is in the index yet, and it could not be updated: %w", behind)
	}
	const most = 1_000
	return s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		families, err := snap.UnreadFamilies(ctx, most)
		if err == nil && len(families) > 0 {
			err = fmt.Errorf("no person with that number is in the index, but not everybody could be looked at: families can't be read (%d or more; ks-server verify lists them), such as %s", len(families), families[0].Family)
		}
		return err
	})
}

func (o *options) runPerson(ctx context.Context, r *personRequest, in io.Reader, out, errs io.Writer) (err error) {
	who, err := r.check()
	if err != nil {
		return err
	}
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	secrets := newAsked(in, errs)
	asks, approves, err := o.twoPeople(ctx, s, ring, r, secrets)
	if err != nil {
		return err
	}
	if err := r.readNumber(&who, secrets, errs); err != nil {
		return err
	}
	if r.name == "erase" {
		// Salts may lie in the log, also of what was erased before an error, or by a command
		// that was killed before it came to this.
		defer func() { err = errors.Join(err, emptyErased(ctx, s)) }()
	}
	service := o.personService(s, ring)
	found, unread, err := findPerson(ctx, service, who, r.everywhere, errs)
	if err != nil {
		return err
	}
	e := &ksv1.AuditEntry{
		Kind: ksv1.AuditKind_AUDIT_KIND_PERSON_RIGHT, Method: "ks-server person " + r.name, Account: asks.Number, Count: uint64(len(found)),
		Ground: r.ground + ": " + r.reason, Subjects: []string{audit.AccountSubject(approves.Number)},
	}
	for _, f := range found {
		e.Subjects = append(e.Subjects, audit.FamilySubject(f.Row.ID))
	}
	err = o.recorded(ctx, s, ring, e, func() error { return r.act(ctx, service, found, out) })
	return errors.Join(err, unread)
}

// findPerson finds who is meant; unread, beside those found, says where it could not be
// looked.
func findPerson(ctx context.Context, s *person.Service, who person.Selector, everywhere bool, errs io.Writer) (found []person.Found, unread, err error) {
	if everywhere && who.Family.IsZero() {
		bar := countProgress(errs, "looking through villages")
		found, err = s.FindEverywhere(ctx, who, bar.at)
		err = errors.Join(err, bar.Finish())
		var some *person.UnreadError
		if len(found) > 0 && errors.As(err, &some) {
			return found, some, nil
		}
		return found, nil, err
	}
	found, err = s.Find(ctx, who)
	if errors.Is(err, store.ErrNotFound) && who.Family.IsZero() {
		// The index of NIK and NKK may be behind, where no server runs.
		behind := (&follow.Identifiers{Store: s.Store, Vault: s.Core.Vault}).Catch(ctx)
		found, err = s.Find(ctx, who)
		if errors.Is(err, store.ErrNotFound) {
			err = cmp.Or(notInIndex(ctx, s.Store, behind), err)
		}
	}
	if who.Family.IsZero() && (err == nil || errors.Is(err, store.ErrNotFound)) {
		fmt.Fprintln(errs, "note: looked where people count now; --everywhere also finds them where they left")
	}
	return found, nil, err
}

func emptyErased(ctx context.Context, s store.Store) error {
	if err := emptyLog(ctx, s); err != nil {
		return fmt.Errorf("what was erased may still lie in the write-ahead log: run 'ks-server doctor --empty-log' once no export or backup is under way: %w", err)
	}
	return nil
}

func (o *options) personService(s store.Store, ring *record.Ring) *person.Service {
	core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now, Ledger: o.ledger()}
	return &person.Service{Store: s, Core: core, Now: time.Now, Rand: rand.Reader, Ledger: o.ledger()}
}

// twoPeople finds who asks and who approves, and checks the second one's
// password.
func (o *options) twoPeople(ctx context.Context, s store.Store, ring *record.Ring, r *personRequest, in *asked) (asks, approves store.Account, err error) {
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		if asks, err = snap.FindAccountByName(ctx, auth.NormalUserName(r.by)); err != nil {
			return fmt.Errorf("--by %s: %w", r.by, err)
		}
		if approves, err = snap.FindAccountByName(ctx, auth.NormalUserName(r.approvedBy)); err != nil {
			return fmt.Errorf("--approved-by %s: %w", r.approvedBy, err)
		}
		return nil
	})
	if err != nil {
		return asks, approves, err
	}
	if asks.Disabled || asks.Waiting() || approves.Disabled || approves.Waiting() {
		return asks, approves, errors.New("both accounts must be in use")
	}
	password, err := in.line("password of " + approves.UserName)
	if err != nil {
		return asks, approves, err
	}
	signIn, err := auth.New(s, ring, time.Now, rand.Reader, slog.New(slog.DiscardHandler))
	if err != nil {
		return asks, approves, err
	}
	if err := signIn.CheckPassword(ctx, &approves, password, auth.Try{UserName: approves.UserName}); err != nil {
		return asks, approves, fmt.Errorf("password of %s on standard input: %w", approves.UserName, err)
	}
	return asks, approves, nil
}
