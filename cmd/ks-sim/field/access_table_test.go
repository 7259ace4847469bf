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
	"identified export":           "----yy-",
	"aggregates export":           "yyyyyy-", // section 6 leaves the surveyor out
	"duplicate cases":             "--y----", // numbers of pairs between two of its Puskesmas, nothing of families
	"registration: decide":        "y------",
	"registration: draw up":       "--y----",
	"registration: read":          "yyy----",
	"nominees":                    "yyyy---",
	"nominees by NIK":             "y-y----", // for whom it is shown whole
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

// shownTo says how much of a field its role sees at the own place: f all, 4 at most
// the last four digits, - nothing; of another place nothing is seen of any.
var shownTo = map[string]string{
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
	// mustAnswer: it must be answered with OK.
	mustAnswer = 1 << iota
	// changesOthers: it changes what other requests are about; an allowed one is sent at
	// the end, once.
	changesOthers
	// sentOnce: it costs a password check, or is slowed; not for every target.
	sentOnce
	// needsNobody: no account is needed.
	needsNobody
	// triedElsewhere: an allowed one is tried by another test, for it would change too
	// much here.
	triedElsewhere
	// exact: a file for machines, whose numbers are whole for whoever may have it.
	exact
	// inTurn: an account may have few of them under way.
	inTurn
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
	{"AccountService.Activate", "", "wrong proof", `{"user_name":"nobody","code":"AAAA-BBBB","nik":"3204054101900001","new_password":"jalak terbang ke sawah"}`, needsNobody | sentOnce},
	{"AccountService.ChangePassword", "", "wrong proof", `{"password":"x","new_password":"pendek"}`, sentOnce},
	{"AccountService.CreateStaff", "accounts: issue", "own staff", `{"staff":[` + onePerson + `]}`, 0},
	{"AccountService.ReissueCode", "accounts: issue", "account i", `{"account":{account}}`, mustAnswer},
	{"AccountService.DisableAccount", "accounts: issue", "account m", `{"account":{account}}`, mustAnswer},
	{"AccountService.EnableAccount", "accounts: issue", "account m", `{"account":{account}}`, mustAnswer},
	{"AccountService.NameActingSupervisor", "accounts: acting supervisor", "staff", `{"account":{account}}`, 0},
	{"AccountService.AssignAreas", "accounts: assign areas", "staff", `{"assignments":[{"account":{account},"areas":[]}],"dry_run":true}`, mustAnswer},
	{"AccountService.GetAssignmentGaps", "accounts: assign areas", "nothing", `{}`, mustAnswer},
	{"AccountService.ListAccounts", "accounts: read", "nothing", `{}`, mustAnswer},
	{"AccountService.ListAccounts", "accounts: read", "office area", `{"area":"{district}"}`, mustAnswer},
	{"AccountService.ReviewAccess", "accounts: read", "nothing", `{}`, mustAnswer},
	{"AccountService.ReviewAccess", "accounts: read", "office area", `{"area":"{district}"}`, mustAnswer},
	{"AccountService.ListDevices", "", "account r", `{"account":{account}}`, mustAnswer},
	{"AccountService.ListSessions", "", "account m", `{"account":{account}}`, mustAnswer},
	{"AccountService.GetDeviceHoldings", "", "device", `{"device":{device}}`, mustAnswer},
	{"AccountService.RevokeDevice", "", "victim", `{"device":{device}}`, 0},
	{"AccountService.EndSession", "", "victim", `{"session_id":"{session}"}`, 0},
	{"AreaService.GetArea", "", "place", `{"code":"{area}"}`, 0}, // names and codes are published by the ministry
	{"AreaService.ListAreas", "", "place", `{"parent":"{area}"}`, 0},
	{"AreaService.ListPuskesmas", "", "place", `{"area":"{area}"}`, 0},
	{"AuditService.ListAuditEntries", "audit trail", "nothing", `{"page_size":20}`, mustAnswer},
	{"AuditService.ListAuditEntries", "audit trail", "nothing", `{"account":{account},"page_size":20}`, mustAnswer},
	{"AuditService.ListAuditEntries", "audit trail", "trail of family", `{"family_id":"{family}","page_size":20}`, mustAnswer},
	{"AuthService.SignIn", "", "wrong proof", `{"user_name":"nobody","password":"salah"}`, needsNobody | sentOnce},
	{"AuthService.RefreshToken", "", "wrong proof", `{"refresh_token":"AAAA","nonce":"AAAAAAAAAAAAAAAAAAAAAA=="}`, needsNobody},
	{"AuthService.SignOut", "", "nothing", `{"refresh_token":"AAAA"}`, needsNobody},
	{"AuthService.GetSelf", "", "nothing", `{}`, mustAnswer},
	{"BackupService.DeliverBackup", "review", "backup", `{"part":"{backup}"}`, 0},
	{"CivilRegistryService.LookUpPerson", "look-up", "look-up", `{"nik":"3204054101900077",` + lookUpServes + `}`, mustAnswer},
	{"CivilRegistryService.LookUpFamilyCard", "look-up", "look-up", `{"nkk":"3204054101900077",` + lookUpServes + `}`, mustAnswer},
	{"ExportService.ListExports", "aggregates export", "nothing", `{}`, mustAnswer}, // each the own ones
	{"ExportService.GetExport", "aggregates export", "nothing of it", `{"export_id":"` + nowhereID + `"}`, 0},
	{"ExportService.ExportFigures", "aggregates export", "area", `{"area":"{area}"}`, inTurn},
	{"ExportService.ExportFigures", "aggregates export", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer | inTurn},
	{"ExportService.ExportFamilies", "identified export", "village", `{"area":"{village}","reason":"percobaan hak akses"}`, mustAnswer | inTurn},
	{"ExportService.ExportFamilies", "identified export", "village", `{"area":"{village}","kind":"FAMILIES_KIND_RAW","reason":"percobaan hak akses"}`, mustAnswer | exact | inTurn},
	{"FeedService.GetFeed", "", "feed", `{"area":"{area}"}`, inTurn},
	{"FeedService.GetFeed", "", "feed of puskesmas", `{"puskesmas_code":"{puskesmas}"}`, inTurn},
	{"FeedService.CreateFeedToken", "aggregates export", "village", `{"name":"uji","days":1,"area":"{village}"}`, changesOthers},
	{"FeedService.ListFeedTokens", "aggregates export", "nothing", `{}`, mustAnswer},
	{"FeedService.RevokeFeedToken", "aggregates export", "nothing of it", `{"token_number":4000000001}`, 0},
	{"FamilyService.GetFamily", "see families", "family", `{"family_id":"{family}"}`, mustAnswer},
	{"FamilyService.ListFamilies", "see families", "families", `{"area":"{area}"}`, mustAnswer},
	{"FamilyService.ListFamilies", "see families", "nothing", `{}`, mustAnswer},
	{"FamilyService.ListFamilyHistory", "see families", "family", `{"family_id":"{family}"}`, mustAnswer},
	{"FamilyService.ListConflicts", "see families", "families", `{"area":"{area}"}`, mustAnswer},
	{"FamilyService.ListConflicts", "see families", "nothing", `{}`, mustAnswer},
	{"FamilyService.ResolveConflict", "review", "family", `{"family_id":"{family}","kind":"RECORD_KIND_FAMILY","field":9,"seen_digest":` + noDigest + `,"value_json":"\"x\""}`, 0},
	{"FamilyService.MergeFamily", "review", "family", `{"family_id":"{family}","kept_family_id":"{family}"}`, 0},
	{"FamilyService.MergeFamily", "review", "foreign family", `{"family_id":"{mine}","kept_family_id":"{family}"}`, triedElsewhere},
	{"FamilyService.ListDuplicates", "see families", "families", `{"area":"{area}"}`, mustAnswer},
	{"FamilyService.DecideDuplicate", "review", "family", `{"family_id":"{family}","decision":{"action":"DUPLICATE_ACTION_MOVED","tokens":["AAAAAAAAAAAAAA=="]}}`, 0},
	{"FamilyService.ListDuplicateCases", "duplicate cases", "nothing", `{}`, mustAnswer},
	{"FamilyService.ListQuarantine", "review", "nothing", `{}`, mustAnswer},
	{"FamilyService.DecideQuarantine", "review", "change", `{"change_id":"{change}","admit":true}`, changesOthers},
	{"FormService.ListHouseholds", "collect", "families", `{"area":"{area}"}`, mustAnswer},
	{"FormService.ListHouseholds", "collect", "name", `{"text":"{name}"}`, mustAnswer},
	{"FormService.GetForm", "collect", "family", `{"family_id":"{family}"}`, mustAnswer},
	{"FormService.StartForm", "collect", "new family", `{"village_code":"{village}","place":"001/001"}`, changesOthers},
	{"FormService.SaveForm", "collect", "family", `{"family_id":"{family}","etag":"x"}`, 0},
	{"FormService.SubmitForms", "collect", "family", `{"family_ids":["{family}"]}`, changesOthers},
	{"FormService.GetQuestionnaire", "", "nothing", `{}`, mustAnswer},
	{"HandoverService.RecordHandover", "collect", "nothing of it", `{"grant":"CIHQrPMOEILQrPMOGIPQrPMOIgF4OggxMjM0NTY3OEABSITQrPMOUIXQrPMO","signature":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}`, 0},
	{"HandoverService.DeliverHandedOver", "collect", "backup of others", `{"part":"{backup}"}`, 0},
	{"IndexService.GetAreaIndex", "dashboards", "area", `{"area":"{area}"}`, mustAnswer},
	{"IndexService.GetAreaIndex", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"IndexService.ListAreaIndexes", "dashboards", "area", `{"area":"{area}"}`, mustAnswer},
	{"IndexService.ListAreaIndexes", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"IndexService.GetTrend", "dashboards", "past of area", `{"area":"{area}"}`, 0},
	{"IndexService.GetTrend", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"IndexService.ExplainChange", "dashboards", "past of area", `{"area":"{area}"}`, 0},
	{"IndexService.ExplainChange", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"IndexService.ListIndicatorPriorities", "dashboards", "area", `{"area":"{area}"}`, mustAnswer},
	{"IndexService.ListIndicatorPriorities", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"InterventionService.ListChangedFamilies", "see families", "area", `{"area":"{area}"}`, 0},
	{"InterventionService.ListChangedFamilies", "see families", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, 0},
	{"InterventionService.ListPriorityFamilies", "see families", "area", `{"area":"{area}"}`, 0},
	{"InterventionService.ListPriorityFamilies", "see families", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, 0},
	{"ProgressService.GetProgress", "dashboards", "area", `{"area":"{area}"}`, mustAnswer},
	{"ProgressService.GetProgress", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"ProgressService.ListProgress", "dashboards", "area", `{"area":"{area}"}`, mustAnswer},
	{"ProgressService.ListProgress", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"ProgressService.ListDailyProgress", "dashboards", "past of area", `{"area":"{area}"}`, 0},
	{"ProgressService.ListDailyProgress", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"ProgressService.ListSurveyorProgress", "dashboards", "workers", `{"area":"{village}"}`, mustAnswer},
	{"ReportService.GetPuskesmasReport", "dashboards", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer},
	{"ReportService.ExportPuskesmasReport", "aggregates export", "puskesmas", `{"puskesmas_code":"{puskesmas}"}`, mustAnswer | inTurn},
	{"RegistrationService.GetRegistrationRules", "", "nothing", `{}`, needsNobody | mustAnswer},
	{"RegistrationService.GetRegistrationForm", "", "nothing", `{"kind":"REGISTRATION_FORM_KIND_CSV"}`, needsNobody | mustAnswer},
	{"RegistrationService.SetRegistrationRules", "registration: decide", "nothing", `{"rules":{"administrators":1,"supervisors":1,"surveyors":10,"heads":1}}`, mustAnswer},
	{"RegistrationService.CreateRegistration", "registration: draw up", "nothing", `{}`, changesOthers},
	{"RegistrationService.ReceiveRegistration", "registration: decide", "nothing", `{"form":"QQ==","letter_pdf":"QQ==","channel":"REGISTRATION_CHANNEL_POST"}`, 0},
	{"RegistrationService.ListRegistrations", "registration: read", "nothing", `{}`, mustAnswer},
	{"RegistrationService.ListRegistrations", "registration: read", "registrations of area", `{"area":"{district}","waiting":true}`, mustAnswer},
	{"RegistrationService.ListRegistrations", "registration: read", "letter", `{"letter_number":"{letter}"}`, mustAnswer},
	{"RegistrationService.GetRegistration", "registration: read", "registration", `{"registration":{registration}}`, mustAnswer},
	{"RegistrationService.SetRegistrationPuskesmas", "registration: draw up", "registration", `{"registration":{registration},"puskesmas_code":"{puskesmas}"}`, changesOthers},
	{"RegistrationService.RemoveRegistrationPuskesmas", "registration: draw up", "registration", `{"registration":{registration},"puskesmas_code":"{puskesmas}"}`, changesOthers},
	{"RegistrationService.SetRegistrationOffices", "registration: draw up", "registration", `{"registration":{registration}}`, changesOthers},
	{"RegistrationService.SetRegistrationLetter", "registration: draw up", "registration", `{"registration":{registration},"letter":{}}`, 0},
	{"RegistrationService.GetRegistrationLetter", "registration: read", "registration", `{"registration":{registration}}`, mustAnswer},
	{"RegistrationService.CheckRegistration", "registration: read", "registration", `{"registration":{registration}}`, mustAnswer},
	{"RegistrationService.RecordRegistrationCopy", "registration: draw up", "registration", `{"registration":{registration},"channel":"REGISTRATION_CHANNEL_POST"}`, changesOthers},
	{"RegistrationService.SubmitRegistration", "registration: draw up", "registration", `{"registration":{registration},"channel":"REGISTRATION_CHANNEL_POST"}`, changesOthers},
	{"RegistrationService.WithdrawRegistration", "registration: draw up", "registration", `{"registration":{registration},"reason":"salah"}`, changesOthers},
	{"RegistrationService.BeginVerification", "registration: decide", "registration", `{"registration":{registration}}`, changesOthers},
	{"RegistrationService.AcceptRegistration", "registration: decide", "registration", `{"registration":{registration}}`, changesOthers},
	{"RegistrationService.ReturnRegistration", "registration: decide", "registration", `{"registration":{registration},"reason":"kurang"}`, changesOthers},
	{"RegistrationService.RefuseRegistration", "registration: decide", "registration", `{"registration":{registration},"reason":"kurang"}`, changesOthers},
	{"RegistrationService.IssueRegistrationAccounts", "registration: decide", "registration", `{"registration":{registration}}`, changesOthers},
	{"RegistrationService.GetActivationPackage", "registration: read", "package", `{"registration":{registration}}`, 0},
	{"RegistrationService.RecordDistribution", "registration: draw up", "registration", `{"registration":{registration}}`, changesOthers},
	{"RegistrationService.ListRegistrationEvents", "registration: read", "registration", `{"registration":{registration}}`, mustAnswer},
	{"RegistrationService.ListNominees", "nominees", "nothing", `{}`, mustAnswer},
	{"RegistrationService.ListNominees", "nominees", "list of nominees", `{"registration":{registration}}`, mustAnswer},
	{"RegistrationService.FindNominees", "nominees by NIK", "nominee's number", `{"nik":"{nik}"}`, mustAnswer},
	{"RegistrationService.ProposeReplacement", "accounts: replacements", "surveyor nominee", `{"nominee":{nominee},"person":{"full_name":"Baru"}}`, 0},
	{"RegistrationService.AdmitReplacement", "registration: draw up", "nominee", `{"nominee":{nominee}}`, 0},
	{"RegistrationService.AcceptReplacement", "registration: decide", "nominee", `{"nominee":{nominee}}`, 0},
	{"RegistrationService.RefuseReplacement", "registration: read", "nominee to refuse", `{"nominee":{nominee},"reason":"kurang"}`, 0},
	{"ReviewService.ListReviewQueue", "review", "families", `{"area":"{area}"}`, mustAnswer},
	{"ReviewService.ListBatches", "see families", "families", `{"area":"{area}"}`, mustAnswer},
	{"ReviewService.ListBatches", "see families", "nothing", `{}`, mustAnswer},
	{"ReviewService.GetBatch", "see families", "batch", `{"batch_id":"{batch}"}`, mustAnswer},
	{"ReviewService.GetReviewDifferences", "see families", "family", `{"family_id":"{family}"}`, mustAnswer},
	{"ReviewService.ListVerdicts", "see families", "family", `{"family_id":"{family}"}`, mustAnswer},
	{"ReviewService.JudgeFamily", "review", "family", `{"family_id":"{family}","outcome":"VERDICT_OUTCOME_APPROVED","judged_digest":` + noDigest + `}`, 0},
	{"ReviewService.ApproveFamilies", "review", "families to approve", `{"families":[{"family_id":"{family}","judged_digest":` + noDigest + `}]}`, mustAnswer},
	{"SupportService.GetSupport", "", "nothing", `{}`, mustAnswer},
	{"SupportService.GetSupport", "", "place", `{"area":"{district}"}`, 0},
	{"SupportService.SetSupport", "contacts", "desk", `{"desk":{"area":"{district}","contacts":[{"name":"Bantuan","telephone":"0812-3456-7890"}]}}`, 0},
	{"SupportService.SetSupport", "contacts", "nation's desk", `{"desk":{"area":"id","contacts":[{"name":"Bantuan","telephone":"0812-3456-7890"}]}}`, 0},
	{"SyncService.Deposit", "", "wrong deposit", `{"device":{device},"signature":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==","escrow_keys":["AQ=="],"changes":[{"id":"AAAAAAAAAAAAAAAAAAAAAA==","sealed":"AQ=="}]}`, needsNobody},
}

// streams are what a request and an answer can't try; tryStreams does.
var streams = map[string]bool{"SyncService.Sync": true}
