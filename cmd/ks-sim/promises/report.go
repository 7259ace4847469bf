package promises

import "fmt"

// Report is what a seed met and what was verified.
type Report struct {
	Seed     uint64
	Saves    int
	Sessions int
	Faulty   int
	Cuts     int
	Crashes  int
	Clocks   int
	// ServerClocks is how often the server's clock was ahead for a while.
	ServerClocks int
	Reassigned   int
	// Moved are villages that left the Puskesmas, or came back.
	Moved      int
	Forks      int
	Restores   int
	PutBack    int
	DiskFaults int
	PowerCuts  int
	Replays    int
	Verified   int
	LostTwice  int
	Quarantine int
	// Decided are quarantined changes that were admitted or kept out, Taken those of them
	// that could only be kept out, for another change has their id.
	Decided, Taken int
	Conflicts      int
	// Corrections were seen to stand as soon as they were made and sent.
	Corrections int
	// Restrictions count those lifted too.
	Restrictions, Erasures int
	// Submissions and Verdicts were made on devices; Applied verdicts stand.
	Submissions, Verdicts, Applied int
	// Unseated is how often the supervisor lost the right to judge; Proven are verdicts that a
	// restored server took again although it had ended.
	Unseated, Proven int
	// Splits are families of which members became one of their own.
	Splits int
	// Handovers are devices that a colleague went on with.
	Handovers  int
	Violations []string
}

func (r *Report) violate(format string, args ...any) {
	if len(r.Violations) < 20 {
		r.Violations = append(r.Violations, fmt.Sprintf(format, args...))
	}
}
