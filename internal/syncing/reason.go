package syncing

// Reasons of the server's refusals (google.rpc.ErrorInfo) that a device acts on, and does not
// only show. They are part of the contract: old devices know no others.
const (
	// ReasonSignInFailed: user name or password is wrong.
	ReasonSignInFailed = "SIGN_IN_FAILED"
	// ReasonTokenExpired: the access token is to be renewed.
	ReasonTokenExpired = "TOKEN_EXPIRED"
	// ReasonTokenInvalid, ReasonDeviceProof, ReasonSessionEnded: the user signs in again.
	ReasonTokenInvalid = "TOKEN_INVALID"
	ReasonDeviceProof  = "DEVICE_PROOF"
	ReasonSessionEnded = "SESSION_ENDED"
	// ReasonSessionReused: somebody else has used the device's tokens.
	ReasonSessionReused = "SESSION_REUSED"
	// ReasonAccountDisabled, ReasonDeviceRevoked: unsent work is deposited; a revoked device
	// is wiped then.
	ReasonAccountDisabled = "ACCOUNT_DISABLED"
	ReasonDeviceRevoked   = "DEVICE_REVOKED"
	// ReasonKeyOfAnother: the device key is registered for another account; who can draws a new
	// one.
	ReasonKeyOfAnother = "KEY_OF_ANOTHER"
	// ReasonAccountChanged: what the account may do is another, and the next session knows it.
	ReasonAccountChanged = "ACCOUNT_CHANGED"
	// ReasonLookUpNoRecord, ReasonLookUpQuota, ReasonLookUpUnavailable, ReasonLookUpOff: how a
	// look-up in the civil registry ended.
	ReasonLookUpNoRecord    = "LOOK_UP_NO_RECORD"
	ReasonLookUpQuota       = "LOOK_UP_QUOTA"
	ReasonLookUpUnavailable = "LOOK_UP_UNAVAILABLE"
	ReasonLookUpOff         = "LOOK_UP_OFF"
)
