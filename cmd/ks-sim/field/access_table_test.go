package field

// This file is what the access matrix expects, by hand: DOMAIN.md section 6, and
// for each method the line of it that governs it and what it is asked about.
// Nothing here is read from package access.

// role is a column of section 6.
type role int

const (
	asNational role = iota
	asProvince
	asDistrict
	asAdministrator
	asHead
	asSupervisor
	asSurveyor
	roles
)

// right is a line of section 6.
type right string

// section6 has a column a role, in the order of section 6: y has the right, - has
// not. Where it holds is for the subject to say.
var section6 = map[right]string{
	"":                            "yyyyyyy", // whoever is signed in
	"dashboards":                  "yyyyyyy",
	"see families":                "----yyy",
	"collect":                     "-----yy",
	"review":                      "-----y-",
	"registration: decide":        "y------",
	"registration: draw up":       "--y----",
	"registration: read":          "yyy----",
	"nominees":                    "yyyy---",
	"accounts: replacements":      "--yy---",
	"accounts: issue":             "yyyy---",
	"accounts: read":              "yyyyyy-",
	"accounts: acting supervisor": "----y--",
	"accounts: assign areas":      "---y---",
	"audit trail":                 "y-yyyyy",
	"look-up":                     "-----yy",
	"contacts":                    "y-y----",
}

// accountRights says what a role may do with an account of another kind: r see
// it, i give it a new code, m manage it. Only at the own place: the own Puskesmas,
// office or district.
var accountRights = map[string][roles]string{
	// kind             nat    prov   dist   adm    head sup  surv
	"staff":           {"", "", "", "rim", "r", "r", ""},
	"victim":          {"", "", "", "rim", "r", "r", ""}, // staff with a device and a session
	"administrator":   {"rim", "", "ri", "r", "r", "", ""},
	"district office": {"rim", "", "rim", "", "", "", ""},
	"province office": {"rim", "rim", "", "", "", "", ""},
}

// shown says how much of a field its role sees at the own place: f all, 4 at most
// the last four digits, - nothing; of another place nothing is seen of any.
var shown = map[string]string{
	"family":         "----fff", // names, addresses, notes, answers, ids
	"family number":  "----4ff", // NIK and No. KK: who enters or reviews them needs them whole
	"quarantined":    "-----f-",
	"staff":          "---fff-", // names
	"staff NIK":      "---444-",
	"staff contact":  "---f---",
	"office":         "yff----",
	"office NIK":     "444----",
	"nominee":        "fff----", // an administrator's list begins when it is accepted
	"nominee NIK":    "f4f----", // whole while it is drawn up or verified
	"nominee phone":  "f-f----",
	"letter":         "fff----",
	"draft nominee":  "--f----",
	"session":        "---f--f",
	"registry":       "-----ff",
	"support notice": "fffffff",
}

// How an allowed call is sent and judged.
const (
	// reads: it must be answered with OK.
	reads = 1 << iota
	// harms: it changes what other requests are about; an allowed one is sent at
	// the end, once.
	harms
	// once: it costs a password check, or is slowed; not for every target.
	once
	// public: no account is needed.
	public
	// elsewhere: an allowed one is tried by another test, for it would change too
	// much here.
	elsewhere
)

// accessRow is a method, what governs it, what it is asked about, and a request
// in the contract's names; {family} and the like stand for a target's values.
type accessRow struct {
	method  string
	right   right
	subject string
	request string
	how     int
}

const (
	lookUpServes = `"serves":{"family_id":"{family}","area":"{rt}","purpose":"LOOK_UP_PURPOSE_VERIFY_NUMBER"}`
	noDigest     = `"AAAAAAAAAAAAAAAAAAAAAA=="`
	onePerson    = `{"person":{"full_name":"Baru","not_civil_servant":true,"nik":"1","position":"Perawat","mobile":"081234567890","email":"x@y.example"},"roles":["ROLE_SURVEYOR"]}`
)

// accessTable has every method at least once, and every REST route.
var accessTable = []accessRow{
	{"AccountService.Activate", "", "wrong proof", `{"user_name":"nobody","code":"AAAA-BBBB","nik":"3204054101900001","new_password":"jalak terbang ke sawah"}`, public | once},
	{"AccountService.ChangePassword", "", "wrong proof", `{"password":"x","new_password":"pendek"}`, once},
	{"AccountService.CreateStaff", "accounts: issue", "own staff", `{"staff":[` + onePerson + `]}`, 0},
	{"AccountService.ReissueCode", "accounts: issue", "account i", `{"account":{account}}`, reads},
	{"AccountService.DisableAccount", "accounts: issue", "account m", `{"account":{account}}`, reads},
	{"AccountService.EnableAccount", "accounts: issue", "account m", `{"account":{account}}`, reads},
	{"AccountService.NameActingSupervisor", "accounts: acting supervisor", "staff", `{"account":{account}}`, 0},
	{"AccountService.AssignAreas", "accounts: assign areas", "staff", `{"assignments":[{"account":{account},"areas":[]}],"dry_run":true}`, reads},
	{"AccountService.GetAssignmentGaps", "accounts: assign areas", "nothing", `{}`, reads},
	{"AccountService.ListAccounts", "accounts: read", "nothing", `{}`, reads},
	{"AccountService.ListAccounts", "accounts: read", "office area", `{"area":"{district}"}`, reads},
	{"AccountService.ReviewAccess", "accounts: read", "nothing", `{}`, reads},
	{"AccountService.ReviewAccess", "accounts: read", "office area", `{"area":"{district}"}`, reads},
	{"AccountService.ListDevices", "", "account r", `{"account":{account}}`, reads},
	{"AccountService.ListSessions", "", "account m", `{"account":{account}}`, reads},
	{"AccountService.RevokeDevice", "", "victim", `{"device":{device}}`, 0},
	{"AccountService.EndSession", "", "victim", `{"session_id":"{session}"}`, 0},
	{"AreaService.GetArea", "", "place", `{"code":"{area}"}`, 0}, // names and codes are published by the ministry
	{"AreaService.ListAreas", "", "place", `{"parent":"{area}"}`, 0},
	{"AreaService.ListPuskesmas", "", "place", `{"area":"{area}"}`, 0},
	{"AuditService.ListAuditEntries", "audit trail", "nothing", `{"page_size":20}`, reads},
	{"AuditService.ListAuditEntries", "audit trail", "nothing", `{"account":{account},"page_size":20}`, reads},
	{"AuditService.ListAuditEntries", "audit trail", "trail of family", `{"family_id":"{family}","page_size":20}`, reads},
	{"AuthService.SignIn", "", "wrong proof", `{"user_name":"nobody","password":"salah"}`, public | once},
	{"AuthService.RefreshToken", "", "wrong proof", `{"refresh_token":"AAAA","nonce":"AAAAAAAAAAAAAAAAAAAAAA=="}`, public},
	{"AuthService.SignOut", "", "nothing", `{"refresh_token":"AAAA"}`, public},
	{"AuthService.GetSelf", "", "nothing", `{}`, reads},
	{"BackupService.DeliverBackup", "review", "backup", `{"part":"{backup}"}`, 0},
	{"CivilRegistryService.LookUpPerson", "look-up", "look-up", `{"nik":"3204054101900077",` + lookUpServes + `}`, reads},
	{"CivilRegistryService.LookUpFamilyCard", "look-up", "look-up", `{"nkk":"3204054101900077",` + lookUpServes + `}`, reads},
	{"FamilyService.GetFamily", "see families", "family", `{"family_id":"{family}"}`, reads},
	{"FamilyService.ListFamilies", "see families", "families", `{"area":"{area}"}`, reads},
	{"FamilyService.ListFamilies", "see families", "nothing", `{}`, reads},
	{"FamilyService.ListFamilyHistory", "see families", "family", `{"family_id":"{family}"}`, reads},
	{"FamilyService.ListConflicts", "see families", "families", `{"area":"{area}"}`, reads},
	{"FamilyService.ListConflicts", "see families", "nothing", `{}`, reads},
	{"FamilyService.ResolveConflict", "review", "family", `{"family_id":"{family}","kind":"RECORD_KIND_FAMILY","field":9,"seen_digest":` + noDigest + `,"value_json":"\"x\""}`, 0},
	{"FamilyService.MergeFamily", "review", "family", `{"family_id":"{family}","kept_family_id":"{family}"}`, 0},
	{"FamilyService.MergeFamily", "review", "foreign family", `{"family_id":"{mine}","kept_family_id":"{family}"}`, elsewhere},
	{"FamilyService.ListDuplicates", "see families", "families", `{"area":"{area}"}`, reads},
	{"FamilyService.ListQuarantine", "review", "nothing", `{}`, reads},
	{"FamilyService.DecideQuarantine", "review", "change", `{"change_id":"{change}","admit":true}`, harms},
	{"FormService.ListHouseholds", "collect", "families", `{"area":"{area}"}`, reads},
	{"FormService.ListHouseholds", "collect", "name", `{"text":"{name}"}`, reads},
	{"FormService.GetForm", "collect", "family", `{"family_id":"{family}"}`, reads},
	{"FormService.StartForm", "collect", "new family", `{"village_code":"{village}","place":"001/001"}`, harms},
	{"FormService.SaveForm", "collect", "family", `{"family_id":"{family}","etag":"x"}`, 0},
	{"FormService.SubmitForms", "collect", "family", `{"family_ids":["{family}"]}`, harms},
	{"FormService.GetQuestionnaire", "", "nothing", `{}`, reads},
	{"IndexService.GetAreaIndex", "dashboards", "area", `{"area":"{area}"}`, reads},
	{"IndexService.GetAreaIndex", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"IndexService.ListAreaIndexes", "dashboards", "area", `{"area":"{area}"}`, reads},
	{"IndexService.ListAreaIndexes", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"IndexService.GetTrend", "dashboards", "past of area", `{"area":"{area}"}`, 0},
	{"IndexService.GetTrend", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"IndexService.ExplainChange", "dashboards", "past of area", `{"area":"{area}"}`, 0},
	{"IndexService.ExplainChange", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"IndexService.ListIndicatorPriorities", "dashboards", "area", `{"area":"{area}"}`, reads},
	{"IndexService.ListIndicatorPriorities", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"ProgressService.GetProgress", "dashboards", "area", `{"area":"{area}"}`, reads},
	{"ProgressService.GetProgress", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"ProgressService.ListProgress", "dashboards", "area", `{"area":"{area}"}`, reads},
	{"ProgressService.ListProgress", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"ProgressService.ListDailyProgress", "dashboards", "past of area", `{"area":"{area}"}`, 0},
	{"ProgressService.ListDailyProgress", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, reads},
	{"ProgressService.ListSurveyorProgress", "dashboards", "workers", `{"area":"{village}"}`, reads},
	{"RegistrationService.GetRegistrationRules", "", "nothing", `{}`, public | reads},
	{"RegistrationService.GetRegistrationForm", "", "nothing", `{"kind":"REGISTRATION_FORM_KIND_CSV"}`, public | reads},
	{"RegistrationService.SetRegistrationRules", "registration: decide", "nothing", `{"rules":{"administrators":1,"supervisors":1,"surveyors":10,"heads":1}}`, reads},
	{"RegistrationService.CreateRegistration", "registration: draw up", "nothing", `{}`, harms},
	{"RegistrationService.ReceiveRegistration", "registration: decide", "nothing", `{"form":"QQ==","letter_pdf":"QQ==","channel":"REGISTRATION_CHANNEL_POST"}`, 0},
	{"RegistrationService.ListRegistrations", "registration: read", "nothing", `{}`, reads},
	{"RegistrationService.ListRegistrations", "registration: read", "registrations of area", `{"area":"{district}","waiting":true}`, reads},
	{"RegistrationService.ListRegistrations", "registration: read", "letter", `{"letter_number":"{letter}"}`, reads},
	{"RegistrationService.GetRegistration", "registration: read", "registration", `{"registration":{registration}}`, reads},
	{"RegistrationService.SetRegistrationPuskesmas", "registration: draw up", "registration", `{"registration":{registration},"puskesmas_code":"{puskesmas}"}`, harms},
	{"RegistrationService.RemoveRegistrationPuskesmas", "registration: draw up", "registration", `{"registration":{registration},"puskesmas_code":"{puskesmas}"}`, harms},
	{"RegistrationService.SetRegistrationOffices", "registration: draw up", "registration", `{"registration":{registration}}`, harms},
	{"RegistrationService.SetRegistrationLetter", "registration: draw up", "registration", `{"registration":{registration},"letter":{}}`, 0},
	{"RegistrationService.GetRegistrationLetter", "registration: read", "registration", `{"registration":{registration}}`, reads},
	{"RegistrationService.CheckRegistration", "registration: read", "registration", `{"registration":{registration}}`, reads},
	{"RegistrationService.RecordRegistrationCopy", "registration: draw up", "registration", `{"registration":{registration},"channel":"REGISTRATION_CHANNEL_POST"}`, harms},
	{"RegistrationService.SubmitRegistration", "registration: draw up", "registration", `{"registration":{registration},"channel":"REGISTRATION_CHANNEL_POST"}`, harms},
	{"RegistrationService.WithdrawRegistration", "registration: draw up", "registration", `{"registration":{registration},"reason":"salah"}`, harms},
	{"RegistrationService.BeginVerification", "registration: decide", "registration", `{"registration":{registration}}`, harms},
	{"RegistrationService.AcceptRegistration", "registration: decide", "registration", `{"registration":{registration}}`, harms},
	{"RegistrationService.ReturnRegistration", "registration: decide", "registration", `{"registration":{registration},"reason":"kurang"}`, harms},
	{"RegistrationService.RefuseRegistration", "registration: decide", "registration", `{"registration":{registration},"reason":"kurang"}`, harms},
	{"RegistrationService.IssueRegistrationAccounts", "registration: decide", "registration", `{"registration":{registration}}`, harms},
	{"RegistrationService.GetActivationPackage", "registration: read", "package", `{"registration":{registration}}`, 0},
	{"RegistrationService.RecordDistribution", "registration: draw up", "registration", `{"registration":{registration}}`, harms},
	{"RegistrationService.ListRegistrationEvents", "registration: read", "registration", `{"registration":{registration}}`, reads},
	{"RegistrationService.ListNominees", "nominees", "nothing", `{}`, reads},
	{"RegistrationService.ListNominees", "nominees", "list of nominees", `{"registration":{registration}}`, reads},
	{"RegistrationService.FindNominees", "nominees", "nominee's number", `{"nik":"{nik}"}`, reads},
	{"RegistrationService.ProposeReplacement", "accounts: replacements", "surveyor nominee", `{"nominee":{nominee},"person":{"full_name":"Baru"}}`, 0},
	{"RegistrationService.AdmitReplacement", "registration: draw up", "nominee", `{"nominee":{nominee}}`, 0},
	{"RegistrationService.AcceptReplacement", "registration: decide", "nominee", `{"nominee":{nominee}}`, 0},
	{"RegistrationService.RefuseReplacement", "registration: read", "nominee to refuse", `{"nominee":{nominee},"reason":"kurang"}`, 0},
	{"ReviewService.ListReviewQueue", "review", "families", `{"area":"{area}"}`, reads},
	{"ReviewService.ListBatches", "see families", "families", `{"area":"{area}"}`, reads},
	{"ReviewService.ListBatches", "see families", "nothing", `{}`, reads},
	{"ReviewService.GetBatch", "see families", "batch", `{"batch_id":"{batch}"}`, reads},
	{"ReviewService.GetReviewDifferences", "see families", "family", `{"family_id":"{family}"}`, reads},
	{"ReviewService.ListVerdicts", "see families", "family", `{"family_id":"{family}"}`, reads},
	{"ReviewService.JudgeFamily", "review", "family", `{"family_id":"{family}","outcome":"VERDICT_OUTCOME_APPROVED","judged_digest":` + noDigest + `}`, 0},
	{"ReviewService.ApproveFamilies", "review", "families to approve", `{"families":[{"family_id":"{family}","judged_digest":` + noDigest + `}]}`, reads},
	{"SupportService.GetSupport", "", "nothing", `{}`, reads},
	{"SupportService.GetSupport", "", "place", `{"area":"{district}"}`, 0},
	{"SupportService.SetSupport", "contacts", "desk", `{"desk":{"area":"{district}","contacts":[{"name":"Bantuan","telephone":"0812-3456-7890"}]}}`, 0},
	{"SupportService.SetSupport", "contacts", "nation's desk", `{"desk":{"area":"id","contacts":[{"name":"Bantuan","telephone":"0812-3456-7890"}]}}`, 0},
	{"SyncService.Deposit", "", "wrong deposit", `{"device":{device},"signature":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==","escrow_keys":["AQ=="],"changes":[{"id":"AAAAAAAAAAAAAAAAAAAAAA==","sealed":"AQ=="}]}`, public},
}

// streams are what a request and an answer can't try; TestEveryStreamGives... does.
var streams = map[string]bool{"SyncService.Sync": true}
