package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/registration"
)

// listRows is how many rows a listing command reads at a time.
const listRows = 500

func (p *procedure) listCommand() *cobra.Command {
	f := registration.Filter{Limit: listRows}
	var state string
	c := &cobra.Command{
		Use: "list", Short: "List registrations, newest first; with --waiting the queue, longest waiting first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if state != "" {
				n, ok := ksv1.RegistrationState_value["REGISTRATION_STATE_"+strings.ToUpper(strings.ReplaceAll(state, "-", "_"))]
				if !ok || n == 0 {
					return misused("--state %q: draft, submitted, in-verification, returned, accepted, accounts-issued, distributed, activated, withdrawn or refused", state)
				}
				f.State = ksv1.RegistrationState(n)
			}
			return p.run(cmd, nil, func(ctx context.Context, s *registration.Service, caller *access.Caller) (err error) {
				if f.Area != "" {
					if f.Area, err = findArea(ctx, s.Store, f.Area, area.Province, area.District); err != nil {
						return err
					}
				}
				if err := checkPuskesmas(ctx, s.Store, f.Puskesmas); err != nil {
					return err
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(t, "NUMBER\tDISTRICT\tSTATE\tWAITS DAYS\tPUSKESMAS")
				for {
					list, more, err := s.List(ctx, caller, f)
					if err != nil {
						return err
					}
					for i := range list {
						x := &list[i]
						wait := "-"
						if x.WaitingMS > 0 {
							wait = fmt.Sprint(int(x.Age / (24 * time.Hour)))
						}
						fmt.Fprintf(t, "%d\t%s %s\t%s\t%s\t%d\n", x.Number, x.District, x.DistrictName, registration.StateName(x.State()), wait, len(x.Puskesmas))
					}
					if !more {
						return t.Flush()
					}
					f.After = &list[len(list)-1].Registration
				}
			})
		},
	}
	c.Flags().StringVar(&f.Area, "area", "", "`code` of a province or district")
	c.Flags().StringVar(&state, "state", "", "`state` of some Puskesmas in it")
	c.Flags().StringVar(&f.Puskesmas, "puskesmas", "", "`code` of a Puskesmas in it")
	c.Flags().StringVar(&f.LetterNumber, "letter-number", "", "`number` of its letter")
	c.Flags().BoolVar(&f.Waiting, "waiting", false, "only what waits for Pusdatin")
	return c
}

// lookCommand is a command that shows something of one registration.
func (p *procedure) lookCommand(use, short string, show func(cmd *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32, rest []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, rest, err := numberOf(args)
			if err != nil {
				return err
			}
			return p.run(cmd, subjectOf(number), func(ctx context.Context, s *registration.Service, c *access.Caller) error {
				return show(cmd, ctx, s, c, number, rest)
			})
		},
	}
}

func (p *procedure) showCommand() *cobra.Command {
	return p.lookCommand("show NUMBER", "Show a registration with its Puskesmas, letter and reasons",
		func(cmd *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32, _ []string) error {
			d, err := s.Get(ctx, c, number)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "registration %d of %s %s: %s\n", d.Number, d.District, d.DistrictName, registration.StateName(d.State()))
			if d.Letter != nil {
				fmt.Fprintf(out, "letter %s of %s, signed by %s, %d bytes\n", d.Letter.GetNumber(), d.Letter.GetDate(), d.Letter.GetSignatory(), d.Letter.GetPdfBytes())
			}
			fmt.Fprintf(out, "copy to the province %s, submitted %s, %d guides to hand over\n", instant(d.CopiedMS), instant(d.SubmittedMS), d.Guides)
			for _, x := range d.Puskesmas {
				fmt.Fprintf(out, "  %s %s: %s since %s, %d nominees %s\n", x.Puskesmas, x.Name, registration.StateName(ksv1.RegistrationState(x.State)), instant(x.SinceMS),
					d.Nominees[x.Puskesmas], d.Reasons[x.Puskesmas])
			}
			return nil
		})
}

func instant(ms int64) string {
	if ms == 0 {
		return "never"
	}
	return time.UnixMilli(ms).Format("2006-01-02 15:04")
}

func (p *procedure) eventsCommand() *cobra.Command {
	return p.lookCommand("events NUMBER", "Show the timeline: who did what when, over which way, with which note",
		func(cmd *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32, _ []string) error {
			for after := uint32(0); ; {
				list, err := s.Events(ctx, c, number, after, listRows)
				if err != nil {
					return err
				}
				for _, e := range list {
					after = e.Sequence
					what := registration.StepName(ksv1.RegistrationStep(e.Step))
					via := ""
					if e.Channel != 0 {
						via = " by " + strings.ToLower(strings.TrimPrefix(ksv1.RegistrationChannel(e.Channel).String(), "REGISTRATION_CHANNEL_"))
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%3d %s %-14s %s %s%s %s\n", e.Sequence, instant(e.TimeMS), e.ActorName, what, e.Puskesmas, via, e.NoteText)
				}
				if len(list) < listRows {
					return nil
				}
			}
		})
}

func (p *procedure) findingsCommand() *cobra.Command {
	return p.lookCommand("findings NUMBER [PUSKESMAS]", "List what is missing or malformed, by nominee and field",
		func(cmd *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32, rest []string) error {
			code := strings.Join(rest, "")
			list, err := s.Check(ctx, c, number, code)
			if err != nil {
				return err
			}
			printFindings(cmd.OutOrStdout(), list)
			fmt.Fprintf(cmd.OutOrStdout(), "%d findings\n", len(list))
			return nil
		})
}

func (p *procedure) verifyCommand() *cobra.Command {
	var note string
	return p.stepCommand("verify NUMBER [PUSKESMAS]...", "Pusdatin: begin verification", noteFlag(&note),
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error) {
			return s.BeginVerification(ctx, c, number, codes, note)
		})
}

func (p *procedure) acceptCommand() *cobra.Command {
	var note string
	return p.stepCommand("accept NUMBER [PUSKESMAS]...", "Pusdatin: accept what is complete", noteFlag(&note),
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error) {
			return s.Accept(ctx, c, number, codes, note)
		})
}

func (p *procedure) returnCommand() *cobra.Command {
	var reason string
	return p.stepCommand("return NUMBER [PUSKESMAS]... --reason TEXT", "Pusdatin: return with reasons; the others go on", reasonFlag(&reason),
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error) {
			if reason == "" {
				return nil, misused("--reason is needed")
			}
			return s.Return(ctx, c, number, codes, reason)
		})
}

func (p *procedure) refuseCommand() *cobra.Command {
	var reason string
	return p.stepCommand("refuse NUMBER [PUSKESMAS]... --reason TEXT", "Pusdatin: refuse for good, with a reason", reasonFlag(&reason),
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error) {
			if reason == "" {
				return nil, misused("--reason is needed")
			}
			return s.Refuse(ctx, c, number, codes, reason)
		})
}

func (p *procedure) issueCommand() *cobra.Command {
	var note string
	c := p.stepCommand("issue NUMBER [PUSKESMAS]...", "Pusdatin: issue the accounts of offices and administrators", noteFlag(&note), nil)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		number, codes, err := numberOf(args)
		if err != nil {
			return err
		}
		return p.run(cmd, subjectOf(number), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
			w, guides, err := s.Issue(ctx, caller, number, codes, note)
			if err != nil {
				return err
			}
			say(cmd.OutOrStdout(), w)
			for _, g := range guides {
				fmt.Fprintf(cmd.OutOrStdout(), "account %d: %s, %s %s\n", g.Account, g.UserName, g.RoleLabel(), g.PlaceCode)
			}
			return nil
		})
	}
	return c
}

// nomineeSubject names a nominee in a command's entry.
func nomineeSubject(number uint32) []string { return []string{audit.NomineeSubject(number)} }

// maxForgetDays: a hundred years; time wraps beyond some millions.
const maxForgetDays = 36_500

func (p *procedure) forgetCommand() *cobra.Command {
	days := int(registration.KeepRefused / (24 * time.Hour))
	c := &cobra.Command{
		Use: "forget [NUMBER]", Short: "Pusdatin: take out the persons of Puskesmas that were refused or withdrawn", Args: cobra.MaximumNArgs(1),
		Long: `Takes out nominees and papers of Puskesmas that were refused or withdrawn more than
--days ago, in one registration or in all; letters and responsible persons too where
nothing else is left of a request. Who has an account stays, and so does the timeline
with its reasons. For a person who asks to be erased: forget NUMBER --days 0. Run it
each month, such as by cron. Backups have them until they age out.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if days < 0 || days > maxForgetDays {
				return misused("--days %d: from 0 to %d", days, maxForgetDays)
			}
			f := registration.Forgetting{Before: time.Now().AddDate(0, 0, -days)}
			var subjects []string
			if len(args) > 0 {
				if f.Registration, _, err = numberOf(args); err != nil {
					return err
				}
				subjects = subjectOf(f.Registration)
			}
			return p.run(cmd, subjects, func(ctx context.Context, s *registration.Service, c *access.Caller) error {
				out, err := s.Forget(ctx, c, f)
				fmt.Fprintf(cmd.OutOrStdout(), "%d persons of %d Puskesmas forgotten\n", out.Nominees, out.Puskesmas)
				return err
			})
		},
	}
	c.Flags().IntVar(&days, "days", days, "how many `days` ago they must have been refused or withdrawn")
	return c
}
