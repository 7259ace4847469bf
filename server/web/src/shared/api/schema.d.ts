// Generated from the contract by scripts/api.mjs; `make generate` writes it anew.

export interface paths {
    "/v1/accessReview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Access review: the same accounts with what should be looked at. */
        get: operations["AccountService_ReviewAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists accounts that the caller may read, by number. */
        get: operations["AccountService_ListAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts:activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives an account that waits for activation its password: by the one-time
         *     code and the own NIK. Wrong name, code and NIK are told apart from nothing:
         *     UNAUTHENTICATED with reason ACTIVATION_FAILED. A code is dead after it was
         *     shown with ten wrong NIKs; wrong codes do it no harm.
         */
        post: operations["AccountService_Activate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts:assignAreas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replaces the areas of surveyors of the own Puskesmas, all or none, and tells
         *     whom it touches; a dry run only tells. Devices learn of it at their next
         *     ordinary sync.
         */
        post: operations["AccountService_AssignAreas"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts:createStaff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes accounts, from persons all or none: a Puskesmas administrator those of
         *     supervisor, surveyors and head of the own Puskesmas; an office its own staff;
         *     the national level provincial and district offices too.
         */
        post: operations["AccountService_CreateStaff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}:disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disables an account and ends its sessions; open streams end within a
         *     minute. Unsent work stays on its devices and can be deposited. Disabling a
         *     disabled one is fine.
         */
        post: operations["AccountService_DisableAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}:enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enables a disabled account again; it signs in anew. */
        post: operations["AccountService_EnableAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}:nameActingSupervisor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets an account of the own Puskesmas act as supervisor until a date, or no
         *     longer.
         */
        post: operations["AccountService_NameActingSupervisor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}:reissueCode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes an account's password away, ends its sessions and gives it a new
         *     one-time code: for a forgotten password, a lost or an expired code.
         */
        post: operations["AccountService_ReissueCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the devices of an account, the own or one that the caller may read. */
        get: operations["AccountService_ListDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions of an account, the own or one that the caller may manage. */
        get: operations["AccountService_ListSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The areas right below one, ascending by code. */
        get: operations["AreaService_ListAreas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why the figures of an area changed between two days, by cause and indicator. */
        get: operations["IndexService_ExplainChange"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/change/families": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The families behind a change, newest first, for those who may see families. */
        get: operations["InterventionService_ListChangedFamilies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/index": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of one area. */
        get: operations["IndexService_GetAreaIndex"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/indexes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of the areas right below one, for comparing them. */
        get: operations["IndexService_ListAreaIndexes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/priorities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The twelve indicators of an area, lowest coverage first. */
        get: operations["IndexService_ListIndicatorPriorities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/priorities/families": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The families to intervene at, most urgent first, for those who may see
         *     families; others have IndexService.ListIndicatorPriorities, which
         *     counts them.
         */
        get: operations["InterventionService_ListPriorityFamilies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The status of one area. */
        get: operations["ProgressService_GetProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/progress/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The status of an area at the end of each day. */
        get: operations["ProgressService_ListDailyProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/progress/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The status of the areas right below one. */
        get: operations["ProgressService_ListProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{area}/trend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the figures of an area went, by day or month. */
        get: operations["IndexService_GetTrend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/areas/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One area. NOT_FOUND where the code is not in the tree. */
        get: operations["AreaService_GetArea"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/assignments/gaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows RT of the own Puskesmas without a surveyor, surveyors without an area,
         *     and how many families each has.
         */
        get: operations["AccountService_GetAssignmentGaps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists entries, newest first: the national level all, a district those of its
         *     accounts and of its Puskesmas, administrator and head those of the own
         *     Puskesmas, supervisor and surveyor their own. Names of accounts are shown
         *     within a Puskesmas alone.
         */
        get: operations["AuditService_ListAuditEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth:changePassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes the own password and ends the account's other sessions. */
        post: operations["AccountService_ChangePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth:refreshToken": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges a refresh token for its successor. The same old token with the
         *     same nonce from the same device gets the same successor, so that a lost
         *     reply signs nobody out; an old token with another nonce revokes the family.
         *     Only failures are recorded: a renewal every few minutes tells nobody anything.
         */
        post: operations["AuthService_RefreshToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth:signIn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Checks user name and password and gives tokens. With a device key it
         *     registers the device for the account (or finds it again) and the tokens are
         *     bound to it. Wrong name and wrong password are told apart from nothing:
         *     UNAUTHENTICATED with reason SIGN_IN_FAILED.
         */
        post: operations["AuthService_SignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth:signOut": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session of the refresh token. Ending an ended one is fine. */
        post: operations["AuthService_SignOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/self": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells who the caller is: name, roles, areas. */
        get: operations["AuthService_GetSelf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backups:deliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes one part of a backup file, from a supervisor of the Puskesmas that the
         *     device's user belongs to. What is in it is judged as if the device had sent it
         *     itself now: merged where its author may write, kept for a decision where not,
         *     once whatever came before, after or beside it by another route. Work of a
         *     device that was revoked waits for a decision; so does what bears ids that a copy of
         *     the device's database has used, under others. Verdicts passed on a device that was
         *     revoked do not apply (DEVICE_REVOKED), for it may have been in anybody's hands; who
         *     passed them and brings them is told which they are (Receipt.decision).
         * @description Errors: INVALID_ARGUMENT for what is no part, or was altered; NOT_FOUND for a
         *     device of another Puskesmas, or none; RESOURCE_EXHAUSTED where as much of the
         *     device waits for a decision as may.
         */
        post: operations["BackupService_DeliverBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/civilRegistry:lookUpFamilyCard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The persons on a family card by its number (NKK). */
        post: operations["CivilRegistryService_LookUpFamilyCard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/civilRegistry:lookUpPerson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** One person by NIK. */
        post: operations["CivilRegistryService_LookUpPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Registers with several values in the families of an area. */
        get: operations["FamilyService_ListConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}:revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revokes a device of the own account or of one that the caller may manage. It
         *     may not sync any more; its unsent work can still be deposited.
         */
        post: operations["AccountService_RevokeDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/holdings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells what a device held when it last synced, for one that was lost: of the own
         *     account or of one that the caller may read. Families are counted, not named.
         */
        get: operations["AccountService_GetDeviceHoldings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Doubles of an area: families that share an NIK or NKK with another of the
         *     Puskesmas, and families that share one with a family of another Puskesmas,
         *     of which nothing is told.
         */
        get: operations["FamilyService_ListDuplicates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/duplicates/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Cases of the district: pairs of families of which two Puskesmas say that they
         *     live there. A case is a number, by which the two can be asked, and nothing
         *     about the families.
         */
        get: operations["FamilyService_ListDuplicateCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's exports of the last 30 days, newest first, at most 100. */
        get: operations["ExportService_ListExports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{exportId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of the caller's exports of the last 30 days: how far it is, or how it
         *     ended.
         */
        get: operations["ExportService_GetExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/families": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Identified families of the own Puskesmas. The audit trail has the reason
         *     before the first byte leaves, and how many families left at the end, also of
         *     an export that was broken off.
         */
        post: operations["ExportService_ExportFamilies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures of areas as a table: exactly those of the dashboard, small cells
         *     withheld as there, each row with basis, members counted, day and "as of".
         */
        get: operations["ExportService_ExportFigures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/puskesmas/{puskesmasCode}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a workbook that prints on one A4. */
        get: operations["ReportService_ExportPuskesmasReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Families of an area, ascending by place, then id. */
        get: operations["FamilyService_ListFamilies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One family with its index. NOT_FOUND also where it lies outside the
         *     caller's areas.
         */
        get: operations["FamilyService_GetFamily"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}:decideDuplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dismisses a double within the Puskesmas with a reason, takes that back, or
         *     answers for the own family where the other lies in another Puskesmas. Sent
         *     again with the same decision_id it has no second effect. Errors: ABORTED with
         *     reason REVIEW_NOT_APPLIED and a ReviewConflict among the details, where the
         *     identifiers changed, somebody else decided so, or every other family was
         *     closed as moved already.
         */
        post: operations["FamilyService_DecideDuplicate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}:judge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approves or returns one family. Sent again with the same verdict_id it has no
         *     second effect. Errors: ABORTED with reason REVIEW_NOT_APPLIED and a
         *     ReviewConflict among the details, where the verdict does not apply to the
         *     present state: it changed since, somebody else judged it, it is not
         *     submitted, or the caller collected or corrected it.
         */
        post: operations["ReviewService_JudgeFamily"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}:mergeInto": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes two families that are one into one: members who are not in the kept
         *     one yet, rounds and visits go over, and the other is removed as entered twice
         *     with a pointer. Both keep their history. Both must be the caller's. Sent
         *     again it has no second effect.
         */
        post: operations["FamilyService_MergeFamily"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}:resolveConflict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settles one conflict: keeps one of its values, or writes another. It is an
         *     ordinary change by the caller, who has seen all values, and so counts as a
         *     correction in review. Errors: ABORTED with reason FAMILY_CHANGED where the
         *     family is not what the caller looked at, as after the same resolution;
         *     FAILED_PRECONDITION with NOT_IN_CONFLICT where the field is in none that is
         *     shown, as of a round from which the family has withdrawn; INVALID_ARGUMENT
         *     with INVALID where it brings an error across fields into the family.
         */
        post: operations["FamilyService_ResolveConflict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}/differences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What differs from the state that the last verdict judged, but for rounds from
         *     which the family withdrew.
         */
        get: operations["ReviewService_GetReviewDifferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every change of a family, newest first. */
        get: operations["FamilyService_ListFamilyHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/families/{familyId}/verdicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every verdict on a family, newest first. */
        get: operations["ReviewService_ListVerdicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feeds/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A table of figures, as ExportFigures. The token is sent as Bearer, or as the
         *     password of Basic with any user name, which is what Excel's connector offers.
         */
        get: operations["FeedService_GetFeed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feedTokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's tokens, newest first, without those that are long over. */
        get: operations["FeedService_ListFeedTokens"];
        put?: never;
        /**
         * Makes a token of the caller's; it is shown this once. At most 20 are in force
         *     at one time.
         */
        post: operations["FeedService_CreateFeedToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feedTokens/{tokenNumber}:revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a token of the caller's at once. One that is over stays so. */
        post: operations["FeedService_RevokeFeedToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * StartForm saves a new family. Errors: INVALID_ARGUMENT with the fields that
         *     are wrong; PERMISSION_DENIED outside the Puskesmas.
         */
        post: operations["FormService_StartForm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms:search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ListHouseholds lists the families that the caller may fill in, by village,
         *     RT and house number. Names and numbers that are sought stand in the body, never
         *     in the address.
         */
        post: operations["FormService_ListHouseholds"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms:submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** SubmitForms submits families for review as one batch. Errors: NOT_FOUND. */
        post: operations["FormService_SubmitForms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms/{familyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * GetForm gives a family with the questions that apply now. Errors: NOT_FOUND,
         *     also for a family outside the caller's areas.
         */
        get: operations["FormService_GetForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms/{familyId}:save": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * SaveForm saves answers, durably, and gives the form as it then is: all of
         *     the request or nothing. Errors: INVALID_ARGUMENT with the fields that are
         *     wrong, NOT_FOUND, ABORTED where somebody else has changed the family since
         *     the form was fetched (fetch it again and repeat).
         */
        post: operations["FormService_SaveForm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nominees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists nominees that the caller may see, by number. */
        get: operations["RegistrationService_ListNominees"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nominees:find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Finds nominees by NIK, mobile number or e-mail address. Such never stand in an
         *     address, so this is a POST. Only the national and the district level find by
         *     NIK, these and Puskesmas administrators by the others: a hit would tell whoever
         *     is not shown them whole.
         */
        post: operations["RegistrationService_FindNominees"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nominees/{nominee}:accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts the form of an admitted person: Dukcapil look-ups are allowed. An
         *     administrator's account is issued by it.
         */
        post: operations["RegistrationService_AcceptReplacement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nominees/{nominee}:admit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Admits a proposed person: may have an account. Who is nominated or has an account
         *     elsewhere is not admitted. Who was there before loses the
         *     account, and with it the right to look-ups.
         */
        post: operations["RegistrationService_AdmitReplacement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nominees/{nominee}:proposeReplacement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Proposes a person in place of somebody of the own Puskesmas, or of an
         *     administrator in the own district. What is missing or malformed is refused, and who
         *     is in the own list; of persons elsewhere nothing is told.
         */
        post: operations["RegistrationService_ProposeReplacement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nominees/{nominee}:refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuses a person who was proposed (by the district) or whose form is not
         *     accepted (by Pusdatin; the account stays, without look-ups).
         */
        post: operations["RegistrationService_RefuseReplacement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/progress/surveyors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each surveyor of the caller's Puskesmas has done in a period; a surveyor
         *     is shown the own work alone.
         */
        get: operations["ProgressService_ListSurveyorProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The Puskesmas of a district or of the caller, ascending by code. */
        get: operations["AreaService_ListPuskesmas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why the figures of an area changed between two days, by cause and indicator. */
        get: operations["IndexService_ExplainChange2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/change/families": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The families behind a change, newest first, for those who may see families. */
        get: operations["InterventionService_ListChangedFamilies2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/index": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of one area. */
        get: operations["IndexService_GetAreaIndex2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/indexes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of the areas right below one, for comparing them. */
        get: operations["IndexService_ListAreaIndexes2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/priorities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The twelve indicators of an area, lowest coverage first. */
        get: operations["IndexService_ListIndicatorPriorities2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/priorities/families": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The families to intervene at, most urgent first, for those who may see
         *     families; others have IndexService.ListIndicatorPriorities, which
         *     counts them.
         */
        get: operations["InterventionService_ListPriorityFamilies2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The status of one area. */
        get: operations["ProgressService_GetProgress2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/progress/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The status of an area at the end of each day. */
        get: operations["ProgressService_ListDailyProgress2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/progress/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The status of the areas right below one. */
        get: operations["ProgressService_ListProgress2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The report of one Puskesmas and period. */
        get: operations["ReportService_GetPuskesmasReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/puskesmas/{puskesmasCode}/trend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the figures of an area went, by day or month. */
        get: operations["IndexService_GetTrend2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Work waiting for a supervisor's decision. */
        get: operations["FamilyService_ListQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/{changeId}:decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Admits a quarantined change with its old stamp, or keeps it out. Deciding
         *     twice alike is fine; otherwise FAILED_PRECONDITION. So is admitting the own work, under
         *     this account or a former one ("OWN_WORK"): another supervisor decides on it.
         */
        post: operations["FamilyService_DecideQuarantine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/questionnaire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * GetQuestionnaire gives the whole questionnaire, as for a blank form on paper,
         *     and the notice that is read aloud before the first question.
         */
        get: operations["FormService_GetQuestionnaire"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrationForm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Gives the empty form (Form Registrasi Aplikasi KS) or the letter's template;
         *     for anybody. The same files lie under /registrasi for browsers.
         */
        get: operations["RegistrationService_GetRegistrationForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrationRules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells how many nominees a Puskesmas needs and where Pusdatin is reached; for
         *     anybody.
         */
        get: operations["RegistrationService_GetRegistrationRules"];
        put?: never;
        /** Sets them. */
        post: operations["RegistrationService_SetRegistrationRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists registrations that the caller may see, newest first; with waiting the
         *     queue, longest waiting first.
         */
        get: operations["RegistrationService_ListRegistrations"];
        put?: never;
        /**
         * Draws a registration up for the own district: from codes of Puskesmas in the
         *     master list, or from a filled form. A form that cannot be entered as
         *     it is, is refused whole with every row and column, reason FORM_INVALID.
         */
        post: operations["RegistrationService_CreateRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations:receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enters a form and a letter that came on paper or by e-mail, with the copy to the
         *     province and the submission: by Pusdatin, for a district without an account. A
         *     corrected form of a registration replaces what was returned in it. A letter that
         *     was entered before, in a registration that is not over, is refused with
         *     LETTER_RECEIVED and the number.
         */
        post: operations["RegistrationService_ReceiveRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one with its Puskesmas, its letter and its state. */
        get: operations["RegistrationService_GetRegistration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts Puskesmas, all or none. One with a blocking finding is
         *     FAILED_PRECONDITION with reason INCOMPLETE.
         */
        post: operations["RegistrationService_AcceptRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:beginVerification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins verification of Puskesmas that were submitted. */
        post: operations["RegistrationService_BeginVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:issueAccounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Issues the accounts of the accepted Puskesmas: one for each administrator, and
         *     one each for the provincial and the district office where there is none.
         */
        post: operations["RegistrationService_IssueRegistrationAccounts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:recordCopy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Records the copy (tembusan) to the provincial office, as a report. Each
         *     submission needs its own before it.
         */
        post: operations["RegistrationService_RecordRegistrationCopy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:recordDistribution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Records that guides were handed over; their codes are then shown to nobody any
         *     more.
         */
        post: operations["RegistrationService_RecordDistribution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuses Puskesmas for good, with a reason. */
        post: operations["RegistrationService_RefuseRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Returns Puskesmas with reasons. */
        post: operations["RegistrationService_ReturnRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Submits the Puskesmas that are a draft or were returned. */
        post: operations["RegistrationService_SubmitRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}:withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Withdraws Puskesmas that were not accepted yet. */
        post: operations["RegistrationService_WithdrawRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The timeline of a registration, oldest first. */
        get: operations["RegistrationService_ListRegistrationEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what is missing or malformed, by Puskesmas, nominee and field. */
        get: operations["RegistrationService_CheckRegistration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}/letter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Gives the letter's PDF. */
        get: operations["RegistrationService_GetRegistrationLetter"];
        /**
         * Sets the letter, and its PDF where one is given: at most 1 MiB, checked to be
         *     one, kept sealed.
         */
        put: operations["RegistrationService_SetRegistrationLetter"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}/offices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Names the persons responsible for the provincial and the district office, for
         *     which accounts are made where there is none.
         */
        put: operations["RegistrationService_SetRegistrationOffices"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}/package": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Gives the printable package of activation guides (panduan aktivasi) that have
         *     not been handed over yet, with their one-time codes: for Pusdatin and the
         *     district that asked.
         */
        get: operations["RegistrationService_GetActivationPackage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations/{registration}/puskesmas/{puskesmasCode}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Adds a Puskesmas to a registration, or replaces its name and its list of
         *     nominees; while it is a draft or was returned.
         */
        put: operations["RegistrationService_SetRegistrationPuskesmas"];
        post?: never;
        /** Takes a Puskesmas that is a draft out of a registration. */
        delete: operations["RegistrationService_RemoveRegistrationPuskesmas"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review:approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approves many families at once, each for itself: what does not apply is told
         *     and hinders none of the others. A family with a finding is not approved so.
         */
        post: operations["ReviewService_ApproveFamilies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Batches, newest first: a supervisor's whole work area, a surveyor's own. */
        get: operations["ReviewService_ListBatches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/batches/{batchId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One batch with its families as they stand now. NOT_FOUND also where it is
         *     not the caller's to see.
         */
        get: operations["ReviewService_GetBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Families that wait for a verdict, longest waiting first. Families that the
         *     caller collected or corrected are listed too, and marked.
         */
        get: operations["ReviewService_ListReviewQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{sessionId}:end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a session of the own account or of one that the caller may manage.
         *     Ending an ended one is fine.
         */
        post: operations["AccountService_EndSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/support": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the caller's district and the national level offer, the nearest first.
         *     Callers above the district get the national level's, and that of an area
         *     which they name.
         */
        get: operations["SupportService_GetSupport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/support/{desk.area}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replaces what an area offers; nothing at all takes it away.
         *     PERMISSION_DENIED for an area other than the caller's own.
         */
        put: operations["SupportService_SetSupport"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description AcceptRegistrationRequest says of what. */
        AcceptRegistrationBody: {
            /** @description Note for the timeline. */
            note?: string;
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
        };
        /** @description AcceptRegistrationResponse shows the registration. */
        AcceptRegistrationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /** @description AcceptReplacementRequest names a person. */
        AcceptReplacementBody: {
            /** @description Note for the timeline. */
            note?: string;
        };
        /** @description AcceptReplacementResponse shows the person. */
        AcceptReplacementResponse: {
            /** @description Printable HTML page with its guide; absent: no account was issued. */
            guideHtml?: string;
            issued?: components["schemas"]["IssuedAccount"];
            nominee?: components["schemas"]["Nominee"];
        };
        /**
         * @description AccessRemark is what an access review should look at.
         *
         *      - ACCESS_REMARK_UNSPECIFIED: Not set.
         *      - ACCESS_REMARK_UNUSED: Was not used for 90 days, or never since it was made.
         *      - ACCESS_REMARK_CODE_EXPIRED: Its one-time code ended unused.
         *      - ACCESS_REMARK_COLLECTS_AND_REVIEWS: May both collect and review; nobody reviews what they collected themselves.
         *      - ACCESS_REMARK_ACTING: Acts as supervisor.
         *      - ACCESS_REMARK_WITHOUT_AREA: A surveyor without an area.
         *      - ACCESS_REMARK_SEVERAL_DEVICES: Has more than one device that may sync.
         *      - ACCESS_REMARK_PERSON_UNKNOWN: The person is not known: made by an operator.
         * @default ACCESS_REMARK_UNSPECIFIED
         * @enum {string}
         */
        AccessRemark: "ACCESS_REMARK_UNSPECIFIED" | "ACCESS_REMARK_UNUSED" | "ACCESS_REMARK_CODE_EXPIRED" | "ACCESS_REMARK_COLLECTS_AND_REVIEWS" | "ACCESS_REMARK_ACTING" | "ACCESS_REMARK_WITHOUT_AREA" | "ACCESS_REMARK_SEVERAL_DEVICES" | "ACCESS_REMARK_PERSON_UNKNOWN";
        /** @description Account as its owner and administrators see it. */
        Account: {
            /** @description Area of the roles: "" nation, "32", "32.04"; empty for Puskesmas roles. */
            area?: string;
            /**
             * @description Areas assigned to a surveyor: villages, RW or RT as paths such as
             *     "32.04.05.2001/003/007". Empty: none (a surveyor then sees nothing).
             */
            assignedAreas?: string[];
            /** @description Whether it is disabled. */
            disabled?: boolean;
            /** @description Full name. */
            fullName?: string;
            /**
             * Format: int64
             * @description Number, given by the server; unique, never used again.
             */
            number?: number;
            /** @description Puskesmas of the roles. Absent above the Puskesmas. */
            puskesmasCode?: string;
            /** @description Roles; several in one Puskesmas are possible. */
            roles?: components["schemas"]["Role"][];
            /** @description User name: lower case, unique nationwide, never a NIK. */
            userName?: string;
        };
        /** @description AccountDevice is a registered device. */
        AccountDevice: {
            /**
             * Format: int64
             * @description Registered number.
             */
            device?: number;
            /** @description Name by which people know it. */
            name?: string;
            /**
             * Format: uint64
             * @description When its last sync began; 0: never.
             */
            openedAtMs?: string;
            /**
             * Format: uint64
             * @description When it was registered, milliseconds since 1970-01-01 UTC.
             */
            registeredAtMs?: string;
            /** @description Whether it was revoked. */
            revoked?: boolean;
            /**
             * Format: uint64
             * @description When a sync last went to its end; 0: never.
             */
            syncedAtMs?: string;
            /**
             * Format: uint64
             * @description Changes that it had announced in a sync that was broken off.
             */
            unsentAnnounced?: string;
        };
        /** @description AccountPerson is who is behind an account, as the registration form names them. */
        AccountPerson: {
            /** @description E-mail address. */
            email?: string;
            /** @description Full name, with titles. */
            fullName?: string;
            /** @description Mobile number. */
            mobile?: string;
            /**
             * Format: uint64
             * @description NIK, 16 digits.
             */
            nik?: string;
            /** @description Civil servant's number, 18 digits; blanks don't matter. Absent with not_civil_servant. */
            nip?: string;
            /** @description Bukan ASN: has no NIP. */
            notCivilServant?: boolean;
            /** @description Position (jabatan). It may follow, as mobile number and e-mail address may. */
            position?: string;
        };
        /** @description AccountSession is one that can be renewed. */
        AccountSession: {
            /**
             * @description Browser and system in which it began, of a few fixed words: "Chrome di Android". Set
             *     where somebody signed in by the pages; "" of a device or a script, and where neither is
             *     known.
             */
            browser?: string;
            /**
             * Format: uint64
             * @description When it began, milliseconds since 1970-01-01 UTC.
             */
            createdAtMs?: string;
            /** @description Whether the call came under it. */
            current?: boolean;
            /**
             * Format: int64
             * @description Device that it is bound to. 0: a browser or script.
             */
            device?: number;
            /**
             * Format: uint64
             * @description When it ends if it is not renewed.
             */
            expiresAtMs?: string;
            /** @description Id, hexadecimal. */
            sessionId?: string;
            /**
             * Format: uint64
             * @description Last sign-in or renewal.
             */
            usedAtMs?: string;
        };
        /**
         * @description AccountStatus is what an account can do.
         *
         *      - ACCOUNT_STATUS_UNSPECIFIED: Not set.
         *      - ACCOUNT_STATUS_WAITING: Waits for its activation.
         *      - ACCOUNT_STATUS_ACTIVE: Can sign in.
         *      - ACCOUNT_STATUS_DISABLED: Can do nothing.
         * @default ACCOUNT_STATUS_UNSPECIFIED
         * @enum {string}
         */
        AccountStatus: "ACCOUNT_STATUS_UNSPECIFIED" | "ACCOUNT_STATUS_WAITING" | "ACCOUNT_STATUS_ACTIVE" | "ACCOUNT_STATUS_DISABLED";
        /** @description ActivateRequest is what a person alone knows. */
        ActivateRequest: {
            /** @description One-time code; case, blanks and hyphens don't matter. */
            code?: string;
            /**
             * @description Password chosen by the person; weak ones are refused with reason
             *     WEAK_PASSWORD and why.
             */
            newPassword?: string;
            /**
             * Format: uint64
             * @description The person's own NIK. Ignored for accounts of which none is known.
             */
            nik?: string;
            /** @description User name, as on card or guide; case and blanks around it don't matter. */
            userName?: string;
        };
        /** @description ActivateResponse is empty: sign in now. */
        ActivateResponse: Record<string, never>;
        /** @description AdmitReplacementRequest names a person. */
        AdmitReplacementBody: {
            /** @description Note for the timeline. */
            note?: string;
        };
        /** @description AdmitReplacementResponse shows the person. */
        AdmitReplacementResponse: {
            nominee?: components["schemas"]["Nominee"];
        };
        /**
         * @description Answer to a Ya/Tidak question. An absent field means "not answered" (or not
         *     asked); which of the two follows from the questionnaire's rules.
         *
         *      - ANSWER_UNSPECIFIED: Not answered; same as an absent field.
         *      - ANSWER_YA: Ya (paper code 1, RAW "Y").
         *      - ANSWER_TIDAK: Tidak (paper code 2, RAW "T").
         * @default ANSWER_UNSPECIFIED
         * @enum {string}
         */
        Answer: "ANSWER_UNSPECIFIED" | "ANSWER_YA" | "ANSWER_TIDAK";
        /**
         * @description `Any` contains an arbitrary serialized protocol buffer message along with a
         *     URL that describes the type of the serialized message.
         *
         *     In its binary encoding, an `Any` is an ordinary message; but in other wire
         *     forms like JSON, it has a special encoding. The format of the type URL is
         *     described on the `type_url` field.
         *
         *     Protobuf APIs provide utilities to interact with `Any` values:
         *
         *     - A 'pack' operation accepts a message and constructs a generic `Any` wrapper
         *       around it.
         *     - An 'unpack' operation reads the content of an `Any` message, either into an
         *       existing message or a new one. Unpack operations must check the type of the
         *       value they unpack against the declared `type_url`.
         *     - An 'is' operation decides whether an `Any` contains a message of the given
         *       type, i.e. whether it can 'unpack' that type.
         *
         *     The JSON format representation of an `Any` follows one of these cases:
         *
         *     - For types without special-cased JSON encodings, the JSON format
         *       representation of the `Any` is the same as that of the message, with an
         *       additional `@type` field which contains the type URL.
         *     - For types with special-cased JSON encodings (typically called 'well-known'
         *       types, listed in https://protobuf.dev/programming-guides/json/#any), the
         *       JSON format representation has a key `@type` which contains the type URL
         *       and a key `value` which contains the JSON-serialized value.
         *
         *     The text format representation of an `Any` is like a message with one field
         *     whose name is the type URL in brackets. For example, an `Any` containing a
         *     `foo.Bar` message may be written `[type.googleapis.com/foo.Bar] { a: 2 }`.
         */
        Any: {
            /**
             * @description Identifies the type of the serialized Protobuf message with a URI reference
             *     consisting of a prefix ending in a slash and the fully-qualified type name.
             *
             *     Example: type.googleapis.com/google.protobuf.StringValue
             *
             *     This string must contain at least one `/` character, and the content after
             *     the last `/` must be the fully-qualified name of the type in canonical
             *     form, without a leading dot. Do not write a scheme on these URI references
             *     so that clients do not attempt to contact them.
             *
             *     The prefix is arbitrary and Protobuf implementations are expected to
             *     simply strip off everything up to and including the last `/` to identify
             *     the type. `type.googleapis.com/` is a common default prefix that some
             *     legacy implementations require. This prefix does not indicate the origin of
             *     the type, and URIs containing it are not expected to respond to any
             *     requests.
             *
             *     All type URL strings must be legal URI references with the additional
             *     restriction (for the text format) that the content of the reference
             *     must consist only of alphanumeric characters, percent-encoded escapes, and
             *     characters in the following set (not including the outer backticks):
             *     `/-.~_!$&()*+,;=`. Despite our allowing percent encodings, implementations
             *     should not unescape them to prevent confusion with existing parsers. For
             *     example, `type.googleapis.com%2FFoo` should be rejected.
             *
             *     In the original design of `Any`, the possibility of launching a type
             *     resolution service at these type URLs was considered but Protobuf never
             *     implemented one and considers contacting these URLs to be problematic and
             *     a potential security issue. Do not attempt to contact type URLs.
             */
            "@type"?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description ApprovalResult is what became of one approval. */
        ApprovalResult: {
            conflict?: components["schemas"]["ReviewConflict"];
            /** @description Family (UUID text). */
            familyId?: string;
            verdict?: components["schemas"]["Verdict"];
        };
        /** @description ApproveFamiliesRequest names families with the states seen. */
        ApproveFamiliesRequest: {
            /** @description The families; of one village or several. */
            families?: components["schemas"]["JudgedState"][];
        };
        /** @description ApproveFamiliesResponse tells of each family. */
        ApproveFamiliesResponse: {
            /** @description In the order asked. */
            results?: components["schemas"]["ApprovalResult"][];
        };
        /** @description Area is one node of the tree. */
        Area: {
            /** @description Path: "32.04.05.2001/003/007"; "" is the nation. */
            code?: string;
            level?: components["schemas"]["AreaLevel"];
            /** @description Official name; "RT 007/RW 003" for an RT. */
            name?: string;
            /**
             * Format: uint64
             * @description Families to be surveyed. Absent: no target set, or the figures of the area are
             *     not the caller's to see.
             */
            targetFamilies?: string;
            /**
             * Format: int64
             * @description Number of the village, for villages and below.
             */
            village?: number;
        };
        /** @description AreaCoverage is an indicator in one area. */
        AreaCoverage: {
            /** @description Path of the area. */
            area?: string;
            coverage?: components["schemas"]["IndicatorCoverage"];
            /** @description Name. */
            name?: string;
        };
        /** @description AreaIndex is an area's IKS with the counts it follows from. */
        AreaIndex: {
            /** @description Path of the area, or code of the Puskesmas. */
            area?: string;
            /**
             * Format: date-time
             * @description As of when.
             */
            asOf?: string;
            basis?: components["schemas"]["Basis"];
            category?: components["schemas"]["Category"];
            /**
             * Format: uint64
             * @description Families with an index.
             */
            complete?: string;
            /** @description Coverage of the twelve indicators, in order. */
            coverage?: components["schemas"]["IndicatorCoverage"][];
            /**
             * @description The past day that was asked for, "2024-05-17". Absent: the figures are the
             *     present ones.
             */
            day?: string;
            /** @description IKS to three decimals, "0.500". Absent: no complete family (shown as –). */
            iks?: string;
            /**
             * Format: uint64
             * @description Families with a round and an applicable question without an answer ("belum
             *     lengkap").
             */
            incomplete?: string;
            membership?: components["schemas"]["Membership"];
            /** @description Name. */
            name?: string;
            /**
             * Format: uint64
             * @description Families by category.
             */
            praSehat?: string;
            /** @description Ruleset, "KS-2016.1". */
            ruleset?: string;
            /**
             * Format: uint64
             * @description Families by category.
             */
            sehat?: string;
            /**
             * Format: uint64
             * @description Families with a round.
             */
            surveyed?: string;
            /**
             * Format: int64
             * @description The survey year that was asked for. Absent: each family counts by its latest
             *     complete round.
             */
            surveyYear?: number;
            /**
             * Format: uint64
             * @description Families to be surveyed. Absent: no target set.
             */
            targeted?: string;
            /**
             * Format: uint64
             * @description Families by category.
             */
            tidakSehat?: string;
            /**
             * Format: int64
             * @description Of figures of a survey year: how many villages of the area they are without, because
             *     those of the village are not known. Figures that would be without more than one
             *     village, or one of a hundred, are an error (YEARS_UNCOUNTED, YEARS_NOT_KEPT), or
             *     left out of a list.
             */
            uncountedVillages?: number;
            /**
             * Format: uint64
             * @description Families with a round to whom no indicator applies ("tidak terdefinisi").
             */
            undefined?: string;
        };
        /**
         * @description AreaLevel is a level of the administrative tree.
         *
         *      - AREA_LEVEL_UNSPECIFIED: Refused.
         *      - AREA_LEVEL_NATION: Indonesia; code "".
         *      - AREA_LEVEL_PROVINCE: "32".
         *      - AREA_LEVEL_DISTRICT: Kabupaten or kota, "32.04".
         *      - AREA_LEVEL_KECAMATAN: "32.04.05".
         *      - AREA_LEVEL_VILLAGE: Desa or kelurahan, "32.04.05.2001".
         *      - AREA_LEVEL_RW: "32.04.05.2001/003".
         *      - AREA_LEVEL_RT: "32.04.05.2001/003/007".
         * @default AREA_LEVEL_UNSPECIFIED
         * @enum {string}
         */
        AreaLevel: "AREA_LEVEL_UNSPECIFIED" | "AREA_LEVEL_NATION" | "AREA_LEVEL_PROVINCE" | "AREA_LEVEL_DISTRICT" | "AREA_LEVEL_KECAMATAN" | "AREA_LEVEL_VILLAGE" | "AREA_LEVEL_RW" | "AREA_LEVEL_RT";
        /** @description AssignAreasRequest carries assignments. */
        AssignAreasRequest: {
            /** @description Assignments, one a surveyor. */
            assignments?: components["schemas"]["Assignment"][];
            /** @description Whether only to tell what would happen. */
            dryRun?: boolean;
        };
        /** @description AssignAreasResponse tells what happened, or would. */
        AssignAreasResponse: {
            /** @description Whether the areas were changed. */
            changed?: boolean;
            /** @description Effects, in the order of the request. */
            effects?: components["schemas"]["AssignmentEffect"][];
            /**
             * Format: uint64
             * @description Known RT of the Puskesmas without a surveyor afterwards.
             */
            placesWithoutSurveyor?: string;
        };
        /** @description Assignment gives a surveyor areas. */
        Assignment: {
            /**
             * Format: int64
             * @description Number of the surveyor's account.
             */
            account?: number;
            /**
             * @description Areas that replace those before, as paths of villages, RW or RT of the own
             *     Puskesmas. Empty: none.
             */
            areas?: string[];
        };
        /** @description AssignmentDevice is what an assignment means to one device. */
        AssignmentDevice: {
            /**
             * Format: int64
             * @description Registered number.
             */
            device?: number;
            /** @description Name by which people know it. */
            name?: string;
            /**
             * Format: uint64
             * @description When a sync last went to its end, milliseconds since 1970-01-01 UTC. 0:
             *     never.
             */
            syncedAtMs?: string;
            /**
             * Format: uint64
             * @description Changes that the device had announced in a sync that was broken off. 0 says
             *     nothing of what was saved since synced_at_ms.
             */
            unsentAnnounced?: string;
            /**
             * @description Whether areas leave the surveyor while the device may hold unsent work on
             *     them: false only where none leave, for what was saved since synced_at_ms the
             *     device alone knows. Such work goes to quarantine when it comes; ask the
             *     surveyor to sync first.
             */
            unsentAtRisk?: boolean;
        };
        /** @description AssignmentEffect is what an assignment does to one surveyor. */
        AssignmentEffect: {
            /**
             * Format: int64
             * @description Number of the account.
             */
            account?: number;
            /** @description Areas after. */
            areasAfter?: string[];
            /** @description Areas before. */
            areasBefore?: string[];
            /** @description The surveyor's devices that are not revoked. */
            devices?: components["schemas"]["AssignmentDevice"][];
            /**
             * Format: uint64
             * @description Family records that each device of the surveyor is to fetch.
             */
            familiesAdded?: string;
            /**
             * Format: uint64
             * @description Family records that each device of the surveyor is to drop.
             */
            familiesRemoved?: string;
            /** @description Full name. */
            fullName?: string;
            /** @description Known RT that come to the surveyor, as paths. */
            placesAdded?: string[];
            /** @description Known RT that leave the surveyor, as paths. */
            placesRemoved?: string[];
            /** @description User name. */
            userName?: string;
        };
        /** @description AuditEntry is one link of a chain. The server sets all of it. */
        AuditEntry: {
            /**
             * Format: int64
             * @description Number of the account that acted, as far as it is known. 0: nobody, or an
             *     operator.
             */
            account?: number;
            /**
             * Format: uint64
             * @description The chain: a random number of the process that wrote it.
             */
            chain?: string;
            /**
             * Format: uint64
             * @description How many records it concerned.
             */
            count?: string;
            /**
             * Format: int64
             * @description Number of the device that the account acted on. 0: none.
             */
            device?: number;
            /** @description Code of the district that the account belongs to. Absent: none. */
            district?: string;
            /**
             * @description Ids of families that were shown or changed, where they are few enough to be
             *     named each and are not subjects already.
             */
            families?: string[];
            /**
             * Format: uint64
             * @description First and last revision that came to be, or that was brought to a device.
             *     0: none.
             */
            firstRevision?: string;
            /**
             * @description Legal ground, purpose or reference given by who acted, such as the number of
             *     a letter; never personal data. Absent: none was asked for.
             */
            ground?: string;
            kind?: components["schemas"]["AuditKind"];
            /**
             * Format: uint64
             * @description See first_revision.
             */
            lastRevision?: string;
            /**
             * @description The call, such as "FamilyService.GetFamily", or the command, such as
             *     "ks-server export families".
             */
            method?: string;
            /**
             * @description Name of the operating system's user who ran the command; set by ks-server's
             *     commands alone. Absent: a call.
             */
            operator?: string;
            outcome?: components["schemas"]["AuditOutcome"];
            /** @description Code of the Puskesmas that the account belongs to. Absent: an office. */
            puskesmas?: string;
            /** @description Stable reason of a refusal or failure, such as "SIGN_IN_FAILED". Absent: done. */
            reason?: string;
            /**
             * Format: uint64
             * @description Position in the chain, from 1, without a gap.
             */
            sequence?: string;
            /**
             * @description What it concerned, such as "family:<uuid>", "account:12", "device:7" or an
             *     area as path, "area:32.04.05.2001/003/007".
             */
            subjects?: string[];
            /**
             * Format: uint64
             * @description When it was recorded, milliseconds since 1970-01-01 UTC.
             */
            timeMs?: string;
        };
        /**
         * @description AuditKind is what an entry of the audit trail tells of.
         *
         *      - AUDIT_KIND_UNSPECIFIED: Not recorded.
         *      - AUDIT_KIND_SIGN_IN: Somebody signed in, activated an account, changed a password, or failed to.
         *      - AUDIT_KIND_READ: Identified data were shown.
         *      - AUDIT_KIND_PULL: Identified data were brought to a device.
         *      - AUDIT_KIND_CHANGE: Changes were taken from a device, or refused.
         *      - AUDIT_KIND_REVIEW: A supervisor decided or reviewed.
         *      - AUDIT_KIND_ADMINISTER: Accounts, areas, devices or sessions were administered.
         *      - AUDIT_KIND_REGISTRATION: A step of the registration procedure.
         *      - AUDIT_KIND_LOOK_UP: A look-up in the civil registry.
         *      - AUDIT_KIND_EXPORT: Data were exported.
         *      - AUDIT_KIND_PERSON_RIGHT: A person's right was carried out: export, trail, restriction, erasure.
         *      - AUDIT_KIND_OPERATE: An operator's command.
         *      - AUDIT_KIND_ALARM: Something that should never be: a stolen token, a trail that was altered.
         * @default AUDIT_KIND_UNSPECIFIED
         * @enum {string}
         */
        AuditKind: "AUDIT_KIND_UNSPECIFIED" | "AUDIT_KIND_SIGN_IN" | "AUDIT_KIND_READ" | "AUDIT_KIND_PULL" | "AUDIT_KIND_CHANGE" | "AUDIT_KIND_REVIEW" | "AUDIT_KIND_ADMINISTER" | "AUDIT_KIND_REGISTRATION" | "AUDIT_KIND_LOOK_UP" | "AUDIT_KIND_EXPORT" | "AUDIT_KIND_PERSON_RIGHT" | "AUDIT_KIND_OPERATE" | "AUDIT_KIND_ALARM";
        /**
         * @description AuditOutcome is how a recorded call ended.
         *
         *      - AUDIT_OUTCOME_UNSPECIFIED: Not set; an entry always has one.
         *      - AUDIT_OUTCOME_DONE: It was done.
         *      - AUDIT_OUTCOME_REFUSED: It was refused: right, area, password or form.
         *      - AUDIT_OUTCOME_FAILED: It failed for a technical reason; whether it took effect may be unknown.
         *      - AUDIT_OUTCOME_BEGUN: It has begun, and what it shows is about to leave; another entry tells how it
         *     ended.
         * @default AUDIT_OUTCOME_UNSPECIFIED
         * @enum {string}
         */
        AuditOutcome: "AUDIT_OUTCOME_UNSPECIFIED" | "AUDIT_OUTCOME_DONE" | "AUDIT_OUTCOME_REFUSED" | "AUDIT_OUTCOME_FAILED" | "AUDIT_OUTCOME_BEGUN";
        /**
         * @description Basis says which data count.
         *
         *      - BASIS_UNSPECIFIED: As PROVISIONAL.
         *      - BASIS_PROVISIONAL: The current state.
         *      - BASIS_VERIFIED: Each family as last approved.
         * @default BASIS_UNSPECIFIED
         * @enum {string}
         */
        Basis: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
        /**
         * @description Batch is a submitted batch as the server keeps it. It is not merged: the
         *     server decides it once.
         */
        Batch: {
            /**
             * Format: int64
             * @description Number of the account that submitted it.
             */
            author?: number;
            /** @description Id (UUID text). */
            batchId?: string;
            /** @description Its families with the last verdict on each. */
            families?: components["schemas"]["BatchFamily"][];
            /** @description Remark by the surveyor. */
            note?: string;
            /**
             * Format: uint64
             * @description When the server got it, ms since 1970-01-01 UTC.
             */
            receivedAtMs?: string;
            state?: components["schemas"]["BatchState"];
            /**
             * Format: uint64
             * @description When it was submitted by the device's clock, ms since 1970-01-01 UTC.
             */
            submittedAtMs?: string;
            /**
             * Format: int64
             * @description Number of the village.
             */
            village?: number;
        };
        /** @description BatchFamily is one family of a batch. */
        BatchFamily: {
            /** @description Id of the family (UUID text). */
            familyId?: string;
            notQueued?: components["schemas"]["NotQueued"];
            /**
             * @description Later batch in which it was submitted again before it was judged here (UUID
             *     text), or the one that holds the family that it was merged into; the verdict is
             *     passed there. Absent: none.
             */
            replacedBy?: string;
            verdict?: components["schemas"]["Verdict"];
        };
        /**
         * @description BatchState is where a batch stands.
         *
         *      - BATCH_STATE_UNSPECIFIED: Refused.
         *      - BATCH_STATE_OPEN: Submitted on the device, not uploaded.
         *      - BATCH_STATE_UPLOADED: With the server.
         *      - BATCH_STATE_IN_REVIEW: A supervisor has judged part of it.
         *      - BATCH_STATE_APPROVED: Every family approved.
         *      - BATCH_STATE_RETURNED: Every family returned.
         *      - BATCH_STATE_PARTLY_RETURNED: Every family judged, some returned.
         *      - BATCH_STATE_REPLACED: Every family was submitted again, in later batches, before it was judged, or is
         *     judged in the one that it was merged into.
         *      - BATCH_STATE_NOT_TAKEN: None of its families came into the queue, nor does work on one of them wait for
         *     a supervisor: each says why (NotQueued).
         * @default BATCH_STATE_UNSPECIFIED
         * @enum {string}
         */
        BatchState: "BATCH_STATE_UNSPECIFIED" | "BATCH_STATE_OPEN" | "BATCH_STATE_UPLOADED" | "BATCH_STATE_IN_REVIEW" | "BATCH_STATE_APPROVED" | "BATCH_STATE_RETURNED" | "BATCH_STATE_PARTLY_RETURNED" | "BATCH_STATE_REPLACED" | "BATCH_STATE_NOT_TAKEN";
        /** @description BatchSummary is one line of a list of batches. */
        BatchSummary: {
            /**
             * Format: int64
             * @description Families approved.
             */
            approved?: number;
            /** @description User name of who submitted it. */
            authorName?: string;
            batch?: components["schemas"]["Batch"];
            /**
             * Format: int64
             * @description Families in it, by the last verdict; replaced are those that were submitted
             *     again in a later batch.
             */
            families?: number;
            /**
             * Format: int64
             * @description Of these families how many are not in the queue; the batch's families say why.
             */
            notQueued?: number;
            /**
             * Format: int64
             * @description Families submitted again before they were judged here.
             */
            replaced?: number;
            /**
             * Format: int64
             * @description Families returned.
             */
            returned?: number;
            /** @description Code of its village, dotted. */
            villageCode?: string;
            /**
             * Format: int64
             * @description Families not judged yet.
             */
            waiting?: number;
        };
        /** @description BeginVerificationRequest says of what. */
        BeginVerificationBody: {
            /** @description Note for the timeline. */
            note?: string;
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
        };
        /** @description BeginVerificationResponse shows the registration. */
        BeginVerificationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /**
         * @description Category of a family or area (DOMAIN.md section 4).
         *
         *      - CATEGORY_UNSPECIFIED: No index.
         *      - CATEGORY_TIDAK_SEHAT: "tidak sehat": below 0.500.
         *      - CATEGORY_PRA_SEHAT: "pra-sehat": 0.500 to 0.800, bounds included.
         *      - CATEGORY_SEHAT: "sehat": above 0.800.
         *      - CATEGORY_BELUM_LENGKAP: "belum lengkap": an applicable question has no answer.
         *      - CATEGORY_TIDAK_TERDEFINISI: "tidak terdefinisi": no indicator applies.
         * @default CATEGORY_UNSPECIFIED
         * @enum {string}
         */
        Category: "CATEGORY_UNSPECIFIED" | "CATEGORY_TIDAK_SEHAT" | "CATEGORY_PRA_SEHAT" | "CATEGORY_SEHAT" | "CATEGORY_BELUM_LENGKAP" | "CATEGORY_TIDAK_TERDEFINISI";
        /** @description CauseOfChange is by how much one cause changed the counts. Counts may fall. */
        CauseOfChange: {
            cause?: components["schemas"]["ChangeCause"];
            /**
             * Format: int64
             * @description Change of the families with an index.
             */
            complete?: string;
            /**
             * @description By indicator, in order. Empty for who may not see the families: it would tell
             *     of single ones.
             */
            indicators?: components["schemas"]["IndicatorChange"][];
            /**
             * Format: uint64
             * @description How often a family came to count otherwise for it. Absent: withheld (fewer
             *     than 5, or what would tell such a number of a survey year).
             */
            movements?: string;
            /**
             * Format: int64
             * @description Likewise.
             */
            praSehat?: string;
            /**
             * Format: int64
             * @description Change of the families in each category.
             */
            sehat?: string;
            /**
             * Format: int64
             * @description Change of the families with a round. Absent, as all below: withheld.
             */
            surveyed?: string;
            /**
             * Format: int64
             * @description Likewise.
             */
            tidakSehat?: string;
        };
        /**
         * @description ChangeCause is why families count otherwise.
         *
         *      - CHANGE_CAUSE_UNSPECIFIED: Not set.
         *      - CHANGE_CAUSE_NEW: Surveyed for the first time.
         *      - CHANGE_CAUSE_SURVEYED: Surveyed anew.
         *      - CHANGE_CAUSE_CORRECTED: Corrected, or made complete.
         *      - CHANGE_CAUSE_VERDICT: A supervisor's verdict: what moves the verified basis.
         *      - CHANGE_CAUSE_REMOVED: Died out, deleted, or the round withdrawn.
         *      - CHANGE_CAUSE_MOVED: Moved to another village, or members split off to a family of their own.
         *      - CHANGE_CAUSE_MERGED: Entered twice, and counted elsewhere.
         *      - CHANGE_CAUSE_RETURNED: What had been removed counts again.
         *      - CHANGE_CAUSE_RULES: Recomputed, after a change of the rules.
         * @default CHANGE_CAUSE_UNSPECIFIED
         * @enum {string}
         */
        ChangeCause: "CHANGE_CAUSE_UNSPECIFIED" | "CHANGE_CAUSE_NEW" | "CHANGE_CAUSE_SURVEYED" | "CHANGE_CAUSE_CORRECTED" | "CHANGE_CAUSE_VERDICT" | "CHANGE_CAUSE_REMOVED" | "CHANGE_CAUSE_MOVED" | "CHANGE_CAUSE_MERGED" | "CHANGE_CAUSE_RETURNED" | "CHANGE_CAUSE_RULES";
        /** @description ChangedFamily is a family that came to count otherwise, once. */
        ChangedFamily: {
            after?: components["schemas"]["IndexValues"];
            before?: components["schemas"]["IndexValues"];
            cause?: components["schemas"]["ChangeCause"];
            /** @description The day, "2024-05-17". */
            day?: string;
            family?: components["schemas"]["FamilySummary"];
        };
        /** @description ChangePasswordRequest carries both passwords. */
        ChangePasswordRequest: {
            /** @description New password. */
            newPassword?: string;
            /** @description Present password. */
            password?: string;
        };
        /** @description ChangePasswordResponse is empty. */
        ChangePasswordResponse: Record<string, never>;
        /** @description CheckRegistrationResponse lists what is wrong. */
        CheckRegistrationResponse: {
            /**
             * Format: int64
             * @description How many of them are blocking.
             */
            blocking?: number;
            /** @description The request's own first, then by Puskesmas and place in the list. */
            findings?: components["schemas"]["RegistrationFinding"][];
        };
        /**
         * @description Conflict is a register that holds several values none of whose authors had
         *     seen the others.
         */
        Conflict: {
            /** @description Path of its RT, "32.04.05.2001/003/007". */
            area?: string;
            /**
             * Format: byte
             * @description Digest of the family's state that holds them, 16 bytes: what a resolution
             *     names as seen.
             */
            digest?: string;
            /** @description Family (UUID text). */
            familyId?: string;
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            /** @description Field's name in the contract. Absent: not known to this version. */
            fieldName?: string;
            /** @description Name of the head. */
            headName?: string;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Number of the question. Absent: no question. */
            question?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
            /** @description The values, the one shown first. */
            values?: components["schemas"]["ConflictValue"][];
        };
        /** @description ConflictValue is one of a conflict's values. */
        ConflictValue: {
            /**
             * Format: int64
             * @description Number of the author's account.
             */
            author?: number;
            /** @description User name of the author. Absent on a device that does not know it. */
            authorName?: string;
            stamp?: components["schemas"]["Stamp"];
            /** @description Value as protojson text. Absent: cleared. */
            valueJson?: string;
        };
        /**
         * @description ContraceptionReason is why a couple uses no method (V.11; RAW kb_detail).
         *
         *      - CONTRACEPTION_REASON_UNSPECIFIED: No reason given.
         *      - CONTRACEPTION_REASON_REPRODUCTIVE_DISORDER: Gangguan reproduksi.
         *      - CONTRACEPTION_REASON_WANTS_CHILD: Masih menginginkan anak dan jumlah anak ≤ 2.
         *      - CONTRACEPTION_REASON_MENOPAUSE: Sudah menopause.
         * @default CONTRACEPTION_REASON_UNSPECIFIED
         * @enum {string}
         */
        ContraceptionReason: "CONTRACEPTION_REASON_UNSPECIFIED" | "CONTRACEPTION_REASON_REPRODUCTIVE_DISORDER" | "CONTRACEPTION_REASON_WANTS_CHILD" | "CONTRACEPTION_REASON_MENOPAUSE";
        /** @description CreateFeedTokenRequest describes a token. */
        CreateFeedTokenRequest: {
            /** @description Binds it to an area within the owner's. Absent: to all that its owner sees. */
            area?: string;
            /**
             * Format: int64
             * @description Days until it ends.
             */
            days?: number;
            /** @description What it is for. */
            name?: string;
        };
        /** @description CreateFeedTokenResponse holds the token. */
        CreateFeedTokenResponse: {
            /** @description The token, to be kept by its owner: the server has but a hash of it. */
            secret?: string;
            token?: components["schemas"]["FeedToken"];
        };
        /** @description CreateRegistrationRequest says of what; the district is the caller's. */
        CreateRegistrationRequest: {
            /**
             * Format: byte
             * @description Filled form, XLSX or CSV. Absent: persons are entered later.
             */
            form?: string;
            /** @description Codes in the master list. Ignored with a form. */
            puskesmasCodes?: string[];
        };
        /** @description CreateRegistrationResponse shows the draft. */
        CreateRegistrationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /** @description CreateStaffRequest names persons, or takes those of the registration. */
        CreateStaffRequest: {
            /**
             * @description Make the accounts of all supervisors, surveyors and heads of the own Puskesmas
             *     whose registration was accepted or whose replacement was admitted, and who
             *     have none yet, in one go; staff is empty then. Who can't have one is skipped.
             */
            acceptedNominees?: boolean;
            /** @description Accounts to be made. */
            staff?: components["schemas"]["NewStaff"][];
        };
        /** @description CreateStaffResponse carries the codes. */
        CreateStaffResponse: {
            /** @description In the order of the request. */
            accounts?: components["schemas"]["IssuedAccount"][];
            /**
             * @description Printable HTML page with a card for each: name, user name, code, QR; empty
             *     where no account was made.
             */
            cardsHtml?: string;
            /**
             * @description With accepted_nominees, who was skipped; the others' accounts are made. They
             *     are due the next time again. Empty: nobody.
             */
            skipped?: components["schemas"]["SkippedNominee"][];
        };
        /** @description DecideDuplicateRequest is a decision. */
        DecideDuplicateBody: {
            decision?: components["schemas"]["DuplicateDecision"];
            /**
             * @description Id drawn by the client (UUID text), so that a call sent again has no second
             *     effect. Absent: the server draws one.
             */
            decisionId?: string;
            /** @description Reason; required with DISMISS. */
            reason?: string;
        };
        /** @description DecideDuplicateResponse is where the family stands then. */
        DecideDuplicateResponse: {
            duplicates?: components["schemas"]["FamilyDuplicates"];
            /**
             * Format: uint64
             * @description Revision of the decision.
             */
            revision?: string;
        };
        /** @description DecideQuarantineRequest decides one change. */
        DecideQuarantineBody: {
            /** @description Whether to merge it. */
            admit?: boolean;
            /** @description Reason. Required when it is kept out. */
            note?: string;
        };
        /** @description DecideQuarantineResponse says what was done. */
        DecideQuarantineResponse: {
            /**
             * Format: uint64
             * @description Revision under which it was merged. 0: kept out.
             */
            revision?: string;
        };
        /** @description DeliverBackupRequest carries one part of a backup file. */
        DeliverBackupRequest: {
            /**
             * Format: byte
             * @description A BackupPart, as it stands in the file. A file is the line "KSBACKUP1", then
             *     each part behind its length (varint).
             */
            part?: string;
        };
        /** @description DeliverBackupResponse gives a receipt for each item, in order. */
        DeliverBackupResponse: {
            /**
             * Format: int64
             * @description Account of the device's user.
             */
            author?: number;
            /**
             * Format: int64
             * @description Number of the device that the work is of.
             */
            device?: number;
            /** @description As for an upload; INVALID also for what can't be opened. */
            receipts?: components["schemas"]["Receipt"][];
        };
        /** @description DeviceRegistration makes a device known. */
        DeviceRegistration: {
            /**
             * Format: uint64
             * @description The device's clock when signing, milliseconds since 1970-01-01 UTC; only
             *     binds the signature.
             */
            clockMs?: string;
            /** @description Name by which people know it, such as "Tablet 7". */
            name?: string;
            /**
             * Format: byte
             * @description Ed25519 public key made on the device, 32 bytes. The same key is the same
             *     device.
             */
            publicKey?: string;
            /** @description Version of the SDK. */
            sdkVersion?: string;
            /**
             * Format: byte
             * @description Signature by that key over "keluarga-sehat/device" + user name + clock_ms
             *     (decimal), as proof of possession.
             */
            signature?: string;
        };
        /** @description DisableAccountRequest names an account. */
        DisableAccountBody: Record<string, never>;
        /** @description DisableAccountResponse is empty. */
        DisableAccountResponse: Record<string, never>;
        /**
         * @description Double is a pair of families that share identifiers, as one of the two has
         *     it. Within a Puskesmas each names the other, and what is decided is kept with
         *     the family of the lower id. Across Puskesmas neither names the other, and each
         *     side has its own answer.
         */
        Double: {
            /** @description The other family (UUID text). Absent: it lies in another Puskesmas. */
            otherFamilyId?: string;
            /** @description RT of the other family, "003/007". Absent: it lies in another Puskesmas. */
            otherPlace?: string;
            /**
             * Format: int64
             * @description Number of the other family's village. 0: it lies in another Puskesmas.
             */
            otherVillage?: number;
            /** @description What is shared: No. KK first, then by member. */
            shared?: components["schemas"]["SharedIdentifier"][];
            /**
             * Format: byte
             * @description Names the pair with what it shares, 10 bytes: another one as soon as the
             *     identifiers change. Tells nothing of the other family.
             */
            token?: string;
            /**
             * @description Both sides say that their family lives there: the district has the case.
             *     Only across Puskesmas, and only while the own answer is LIVES_HERE.
             */
            withDistrict?: boolean;
        };
        /** @description Duplicate is a double, or all that a family has in other Puskesmas. */
        Duplicate: {
            /** @description Numbers of the district's cases, with WITH_DISTRICT. */
            caseNumbers?: string[];
            /** @description What MOVED would close: whole family, or the members alone. */
            closesFamily?: boolean;
            family?: components["schemas"]["FamilySummary"];
            /** @description Family in the caller's areas (UUID text). */
            familyId?: string;
            /** @description Decisions that concern it, newest first. */
            history?: components["schemas"]["DuplicateEntry"][];
            other?: components["schemas"]["FamilySummary"];
            /**
             * @description The other family, in the caller's areas too (UUID text); at most one. Empty:
             *     they lie in other Puskesmas.
             */
            otherFamilyIds?: string[];
            /**
             * Format: int64
             * @description How many families of other Puskesmas share it.
             */
            othersElsewhere?: number;
            /** @description What is shared. */
            shared?: components["schemas"]["SharedIdentifier"][];
            state?: components["schemas"]["DuplicateState"];
            /** @description Tokens to decide by. */
            tokens?: string[];
        };
        /**
         * @description DuplicateAction is what a supervisor decides of a double.
         *
         *      - DUPLICATE_ACTION_UNSPECIFIED: No decision.
         *      - DUPLICATE_ACTION_DISMISS: Within the Puskesmas: they are two families, for the reason given. Not shown
         *     again unless the identifiers change.
         *      - DUPLICATE_ACTION_UNDO: Takes a dismissal back.
         *      - DUPLICATE_ACTION_LIVES_HERE: Across Puskesmas: the own family lives here (tinggal di sini).
         *      - DUPLICATE_ACTION_MOVED: Across Puskesmas: it moved away (pindah). What is shared is closed here: the
         *     family where the No. KK or the head's NIK is, else the members concerned.
         *      - DUPLICATE_ACTION_UNKNOWN: Across Puskesmas: it is not known (tidak tahu).
         * @default DUPLICATE_ACTION_UNSPECIFIED
         * @enum {string}
         */
        DuplicateAction: "DUPLICATE_ACTION_UNSPECIFIED" | "DUPLICATE_ACTION_DISMISS" | "DUPLICATE_ACTION_UNDO" | "DUPLICATE_ACTION_LIVES_HERE" | "DUPLICATE_ACTION_MOVED" | "DUPLICATE_ACTION_UNKNOWN";
        /**
         * @description DuplicateCase is a pair of families of which two Puskesmas say that they live
         *     there.
         */
        DuplicateCase: {
            /** @description By which both Puskesmas know it: "3K7Q-Z9XT-RM40-7HPE". */
            number?: string;
            /**
             * Format: uint64
             * @description Since when, ms since 1970-01-01 UTC.
             */
            openedAtMs?: string;
            /** @description Codes of the Puskesmas of the district that are concerned: one or two. */
            puskesmasCodes?: string[];
        };
        /**
         * @description DuplicateDecision is what a supervisor decides of doubles of a family, inside
         *     a ReviewDecision, whose note is the reason.
         */
        DuplicateDecision: {
            action?: components["schemas"]["DuplicateAction"];
            /**
             * @description Tokens of the doubles looked at: one with DISMISS and UNDO; with an answer
             *     all that the family has in other Puskesmas.
             */
            tokens?: string[];
        };
        /** @description DuplicateEntry is a decision with who made it. */
        DuplicateEntry: {
            /** @description User name of who decided. */
            authorName?: string;
            record?: components["schemas"]["DuplicateRecord"];
        };
        /** @description DuplicateRecord is a decision that applied. */
        DuplicateRecord: {
            action?: components["schemas"]["DuplicateAction"];
            /**
             * Format: int64
             * @description Number of the account that decided.
             */
            author?: number;
            /**
             * Format: uint64
             * @description When the server decided, ms since 1970-01-01 UTC.
             */
            decidedAtMs?: string;
            /** @description Its id (UUID text). */
            decisionId?: string;
            /** @description Reason. Absent: none. */
            note?: string;
            /**
             * Format: uint64
             * @description Revision at which it was decided.
             */
            revision?: string;
            /** @description Tokens of the doubles concerned. */
            tokens?: string[];
        };
        /**
         * @description DuplicateState is where a double stands.
         *
         *      - DUPLICATE_STATE_UNSPECIFIED: Refused.
         *      - DUPLICATE_STATE_OPEN: Nobody has decided.
         *      - DUPLICATE_STATE_DISMISSED: Dismissed with a reason.
         *      - DUPLICATE_STATE_LIVES_HERE: Across: the own family lives here; the other side is still to answer.
         *      - DUPLICATE_STATE_UNKNOWN: Across: the own side does not know.
         *      - DUPLICATE_STATE_WITH_DISTRICT: Across: with the district.
         *      - DUPLICATE_STATE_MOVED: Across: closed here as moved; gone as soon as the index follows.
         * @default DUPLICATE_STATE_UNSPECIFIED
         * @enum {string}
         */
        DuplicateState: "DUPLICATE_STATE_UNSPECIFIED" | "DUPLICATE_STATE_OPEN" | "DUPLICATE_STATE_DISMISSED" | "DUPLICATE_STATE_LIVES_HERE" | "DUPLICATE_STATE_UNKNOWN" | "DUPLICATE_STATE_WITH_DISTRICT" | "DUPLICATE_STATE_MOVED";
        /**
         * @description Education in the paper form's order.
         *
         *      - EDUCATION_UNSPECIFIED: Not answered.
         *      - EDUCATION_NONE: 1 Tidak pernah sekolah.
         *      - EDUCATION_PRIMARY_UNFINISHED: 2 Tidak tamat SD/MI.
         *      - EDUCATION_PRIMARY: 3 Tamat SD/MI.
         *      - EDUCATION_LOWER_SECONDARY: 4 Tamat SMP/MTs.
         *      - EDUCATION_UPPER_SECONDARY: 5 Tamat SMA/MA.
         *      - EDUCATION_DIPLOMA: 6 Tamat D1/D2/D3.
         *      - EDUCATION_UNIVERSITY: 7 Tamat PT.
         * @default EDUCATION_UNSPECIFIED
         * @enum {string}
         */
        Education: "EDUCATION_UNSPECIFIED" | "EDUCATION_NONE" | "EDUCATION_PRIMARY_UNFINISHED" | "EDUCATION_PRIMARY" | "EDUCATION_LOWER_SECONDARY" | "EDUCATION_UPPER_SECONDARY" | "EDUCATION_DIPLOMA" | "EDUCATION_UNIVERSITY";
        /** @description EnableAccountRequest names an account. */
        EnableAccountBody: Record<string, never>;
        /** @description EnableAccountResponse is empty. */
        EnableAccountResponse: Record<string, never>;
        /** @description EndSessionRequest names a session. */
        EndSessionBody: Record<string, never>;
        /** @description EndSessionResponse is empty. */
        EndSessionResponse: Record<string, never>;
        /** @description ExplainChangeResponse is the figures before and after, and what lies between. */
        ExplainChangeResponse: {
            after?: components["schemas"]["AreaIndex"];
            before?: components["schemas"]["AreaIndex"];
            /** @description By cause; their sum is after less before. */
            causes?: components["schemas"]["CauseOfChange"][];
            /** @description By indicator, in order: after less before, whatever the causes. */
            indicators?: components["schemas"]["IndicatorChange"][];
        };
        /** @description Export is one export of the caller's. */
        Export: {
            /**
             * Format: date-time
             * @description When it began.
             */
            beganAt?: string;
            /** @description Id, as the stream named it. */
            exportId?: string;
            /**
             * Format: uint64
             * @description Families that they are of; 0 for figures.
             */
            families?: string;
            /** @description Name of the file, which tells what it holds. */
            fileName?: string;
            /**
             * Format: uint64
             * @description Families of what was asked for that the file does not hold, as its kind says, once
             *     it has ended; families whose processing is restricted are not counted. 0 for figures.
             */
            leftOut?: string;
            /**
             * Format: uint64
             * @description Rows that have left so far, without the header line; once DONE all of them.
             */
            rows?: string;
            state?: components["schemas"]["ExportState"];
            /**
             * Format: date-time
             * @description When it was last heard of; once it has ended, when.
             */
            updatedAt?: string;
        };
        /** @description ExportFamiliesRequest says which families, and why. */
        ExportFamiliesRequest: {
            /**
             * @description Path of an area; what of it lies in the own Puskesmas is written. Absent: the
             *     whole Puskesmas.
             */
            area?: string;
            format?: components["schemas"]["FileFormat"];
            kind?: components["schemas"]["FamiliesKind"];
            /**
             * @description Why, such as the purpose and number of a letter: stands in the audit trail, which
             *     district and ministry read. Never personal data: a number of 16 digits is refused.
             */
            reason?: string;
            /**
             * Format: int64
             * @description Year of the rounds written; 0: any. Of several rounds it is the one with which the
             *     family counts: the latest complete one, else the latest.
             */
            year?: number;
        };
        /**
         * @description ExportState is how an export stands.
         *
         *      - EXPORT_STATE_UNSPECIFIED: Not set.
         *      - EXPORT_STATE_RUNNING: Rows are leaving.
         *      - EXPORT_STATE_DONE: All rows have left.
         *      - EXPORT_STATE_BROKEN_OFF: Broken off by the receiver, a limit or a failure: the file is not whole.
         * @default EXPORT_STATE_UNSPECIFIED
         * @enum {string}
         */
        ExportState: "EXPORT_STATE_UNSPECIFIED" | "EXPORT_STATE_RUNNING" | "EXPORT_STATE_DONE" | "EXPORT_STATE_BROKEN_OFF";
        /**
         * @description FamiliesKind is what a file of families holds.
         *
         *      - FAMILIES_KIND_UNSPECIFIED: As LIST.
         *      - FAMILIES_KIND_LIST: One row a family, to read: address, head, members, survey date, IKS, what is
         *     not met, day and outcome of the last visit. A family without a survey (of the
         *     year) has a row without these figures; one that left has none, unless it counts in
         *     the year asked for. Whoever does not collect or correct a family gets the number
         *     of its card with its middle masked.
         *      - FAMILIES_KIND_RAW: The national application's raw_survei, one row a member. For machines: cells
         *     are exact, in CSV also those that a spreadsheet might take for a formula, and
         *     nothing is masked, for a head neither: a masked file could not be read in again.
         *     It can't hold a family without a member or a survey (of the year): Export.left_out.
         * @default FAMILIES_KIND_UNSPECIFIED
         * @enum {string}
         */
        FamiliesKind: "FAMILIES_KIND_UNSPECIFIED" | "FAMILIES_KIND_LIST" | "FAMILIES_KIND_RAW";
        /**
         * @description Family is the FAMILY record of a household: what is true of the dwelling and
         *     the household itself, whichever round is looked at. Every field is a register
         *     of its own (see Change); every field is singular, repeated things are wrapped
         *     in a message, so that one field number is one register.
         *
         *     Unless a comment says otherwise, a field is set by the surveyor through the
         *     SDK, and absence means "not known yet".
         */
        Family: {
            /** @description Address as told (Blok I, RAW alamat). */
            address?: string;
            /**
             * @description Number of the building in its RT (Blok I, RAW no_urut_rt). Text, as on the
             *     paper form: "12", "12A".
             */
            buildingNumber?: string;
            /** @description Number of the family in its building (Blok I, RAW no_urut_kel). */
            familyNumber?: string;
            /** @description Name of the head of the family (Blok II.1, RAW nama_kk). */
            headName?: string;
            /**
             * @description Code of the village that the family came from, dotted; set when it is opened
             *     here under the id that it had there.
             */
            movedFrom?: string;
            /**
             * @description Code of the village that the family moved to, dotted ("32.04.05.2001"); set
             *     together with removal MOVED on the record left behind.
             */
            movedTo?: string;
            /**
             * Format: uint64
             * @description Number of the family card (NKK, "No. KK"), 16 digits as one number. Absent:
             *     none given, or only a provisional one (nkk_provisional).
             */
            nkk?: string;
            /**
             * @description What stands on the card where it is no well-formed NKK; kept as found, never
             *     used for matching. Set by imports, or with nkk_status PROVISIONAL.
             *     In answers to readers who are shown the last digits alone it holds these,
             *     "************6789", and nkk is absent.
             */
            nkkProvisional?: string;
            nkkStatus?: components["schemas"]["IdentifierStatus"];
            /**
             * @description RW and RT of the dwelling inside its village, "RW/RT", each three digits,
             *     "000" where there is none: "003/007". Blok I. Decides who may see the
             *     family and in which RT it is counted; absent until first saved with one,
             *     never cleared afterwards.
             */
            place?: string;
            /**
             * @description Code of the Puskesmas that surveys the family, opaque (Blok I, RAW
             *     kd_puskesmas). Set by the SDK from the surveyor's account.
             */
            puskesmasCode?: string;
            removal?: components["schemas"]["Removal"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            sourceYears?: components["schemas"]["SourceYears"];
            /**
             * @description Id (UUID text) of the family that this one was split from: persons who were
             *     members there, and keep house by themselves now. Set by the SDK with the
             *     family's first save; its members name who they were there (former_member_id).
             */
            splitFromId?: string;
        };
        /**
         * @description FamilyDuplicates is what a family has in common with others, and what
         *     supervisors decided about it. The server finds what is shared and decides; it
         *     travels with the family's review, in the same feed as the data.
         */
        FamilyDuplicates: {
            /** @description What is shared now, by token. */
            doubles?: components["schemas"]["Double"][];
            /**
             * @description Decisions on this family, oldest first: at most 100, those that matter for
             *     what is shared now among them.
             */
            history?: components["schemas"]["DuplicateRecord"][];
        };
        /** @description FamilyIndex is a family's index, inti and besar side by side. */
        FamilyIndex: {
            besar?: components["schemas"]["IndexValues"];
            /**
             * @description Round that besar is of: another one where the latest round is complete for one of
             *     the two alone.
             */
            besarRoundId?: string;
            /** @description Survey date of that round. */
            besarSurveyDate?: string;
            inti?: components["schemas"]["IndexValues"];
            /** @description Round that inti is of (UUID text). Absent: the family has no round. */
            roundId?: string;
            /** @description Ruleset, "KS-2016.1". */
            ruleset?: string;
            /** @description Survey date of that round, "2024-05-17". */
            surveyDate?: string;
        };
        /** @description FamilyReview is where a family stands in review, as the feed tells it. */
        FamilyReview: {
            /**
             * Format: uint64
             * @description Revision of the last approval. 0: never approved.
             */
            approvedRevision?: string;
            /**
             * @description Accounts that collected or corrected the family since its last approval:
             *     they don't judge it. Ascending.
             */
            authors?: number[];
            /** @description Last batch (UUID text). Absent: none. */
            batchId?: string;
            /**
             * @description What differs from the state judged last; at most 500. Empty while it has not
             *     been judged, or nothing has changed since. People are shown nothing of rounds
             *     from which the family withdrew.
             */
            changes?: components["schemas"]["ReviewChange"][];
            /** @description Local date until which a returned family is to be submitted again. */
            dueDate?: string;
            duplicates?: components["schemas"]["FamilyDuplicates"];
            /** @description Fields that the last verdict concerns. */
            fields?: components["schemas"]["ReviewField"][];
            /**
             * Format: uint64
             * @description When, ms since 1970-01-01 UTC.
             */
            judgedAtMs?: string;
            /**
             * Format: int64
             * @description Number of the account that judged.
             */
            judgedBy?: number;
            /**
             * Format: byte
             * @description Digest of the state judged last, 16 bytes.
             */
            judgedDigest?: string;
            /** @description Note of the last verdict. Absent: none. */
            note?: string;
            outcome?: components["schemas"]["VerdictOutcome"];
            /**
             * Format: uint64
             * @description Revision at which this was decided.
             */
            revision?: string;
            state?: components["schemas"]["ReviewState"];
            /**
             * Format: int64
             * @description Number of the account that submitted it last.
             */
            submittedBy?: number;
            /** @description Last verdict (UUID text). Absent: never judged. */
            verdictId?: string;
            /**
             * Format: uint64
             * @description When the server got the submission, or met the change that re-opened review,
             *     ms since 1970-01-01 UTC.
             */
            waitingSinceMs?: string;
        };
        /** @description FamilySummary is one line of a list. */
        FamilySummary: {
            /** @description Path of its RT. */
            area?: string;
            /** @description Building and family number. */
            buildingNumber?: string;
            /**
             * Format: int64
             * @description Registers with several values.
             */
            conflicts?: number;
            /** @description Id (UUID text). */
            familyId?: string;
            /** @description Family number in the building. */
            familyNumber?: string;
            /** @description Name of the head. */
            headName?: string;
            inti?: components["schemas"]["IndexValues"];
            /**
             * Format: int64
             * @description Members that count.
             */
            members?: number;
            removal?: components["schemas"]["RemovalReason"];
            review?: components["schemas"]["ReviewState"];
            /**
             * @description Survey date of the round that counts for inti. Absent: none. In a list by urgency, of
             *     the membership asked for.
             */
            surveyDate?: string;
        };
        /** @description FeedToken is a token, without what opens. */
        FeedToken: {
            /**
             * @description Area that it is bound to, path or code of a Puskesmas. Absent: all that its
             *     owner sees.
             */
            area?: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt?: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expiresAt?: string;
            /** @description What it is for, as its owner named it. */
            name?: string;
            /** @description Whether it was revoked. */
            revoked?: boolean;
            /**
             * Format: int64
             * @description Number.
             */
            tokenNumber?: number;
            /**
             * Format: date-time
             * @description When a feed was last read with it, to the hour. Absent: never.
             */
            usedAt?: string;
        };
        /** @description FieldIssue says precisely what is wrong with a field. */
        FieldIssue: {
            /** @description Stable code, such as "OUT_OF_RANGE". */
            code?: string;
            /**
             * Format: int64
             * @description The field's number. 0: the record as a whole.
             */
            field?: number;
            kind?: components["schemas"]["RecordKind"];
            /**
             * Format: byte
             * @description Id of the member. Absent where the kind has none.
             */
            memberId?: string;
            /** @description What happened and what to do, in Indonesian. */
            message?: string;
            /** @description Number of the question, such as "V.10b". Absent: no question. */
            question?: string;
            /**
             * Format: byte
             * @description Id of the round or visit. Absent where the kind has none.
             */
            recordId?: string;
        };
        /**
         * @description FiguresKind is what a table of figures holds.
         *
         *      - FIGURES_KIND_UNSPECIFIED: As INDEX.
         *      - FIGURES_KIND_INDEX: IKS, categories and coverage of areas, as ListAreaIndexes.
         *      - FIGURES_KIND_PROGRESS: Status of collection of areas, as ListProgress.
         *      - FIGURES_KIND_TREND_BY_DAY: IKS, categories and coverage of one area by day, as GetTrend.
         *      - FIGURES_KIND_TREND_BY_MONTH: Likewise by month.
         * @default FIGURES_KIND_UNSPECIFIED
         * @enum {string}
         */
        FiguresKind: "FIGURES_KIND_UNSPECIFIED" | "FIGURES_KIND_INDEX" | "FIGURES_KIND_PROGRESS" | "FIGURES_KIND_TREND_BY_DAY" | "FIGURES_KIND_TREND_BY_MONTH";
        /**
         * @description FiguresLevel is how far below the area named the rows lie.
         *
         *      - FIGURES_LEVEL_UNSPECIFIED: As PARTS.
         *      - FIGURES_LEVEL_PARTS: The areas right below.
         *      - FIGURES_LEVEL_PROVINCE: All provinces, districts, kecamatan or villages below; of a Puskesmas its
         *     villages.
         *      - FIGURES_LEVEL_DISTRICT: Likewise.
         *      - FIGURES_LEVEL_KECAMATAN: Likewise.
         *      - FIGURES_LEVEL_VILLAGE: Likewise.
         * @default FIGURES_LEVEL_UNSPECIFIED
         * @enum {string}
         */
        FiguresLevel: "FIGURES_LEVEL_UNSPECIFIED" | "FIGURES_LEVEL_PARTS" | "FIGURES_LEVEL_PROVINCE" | "FIGURES_LEVEL_DISTRICT" | "FIGURES_LEVEL_KECAMATAN" | "FIGURES_LEVEL_VILLAGE";
        /**
         * @description FileFormat is the form of a file. CSV: RFC 4180 in UTF-8, comma, decimal
         *     point; text that a spreadsheet might take for a formula has an apostrophe
         *     before it. XLSX: text is typed as text and exact, numbers are numbers. JSON: a
         *     list of objects.
         *
         *      - FILE_FORMAT_UNSPECIFIED: As CSV.
         *      - FILE_FORMAT_CSV: Comma-separated values.
         *      - FILE_FORMAT_XLSX: A workbook.
         *      - FILE_FORMAT_JSON: JSON; of figures alone.
         * @default FILE_FORMAT_UNSPECIFIED
         * @enum {string}
         */
        FileFormat: "FILE_FORMAT_UNSPECIFIED" | "FILE_FORMAT_CSV" | "FILE_FORMAT_XLSX" | "FILE_FORMAT_JSON";
        /** @description Finding is something that a check noticed. */
        Finding: {
            /** @description Stable code, such as "PREGNANT_MAN". */
            code?: string;
            /** @description Member (UUID text). Absent: the household. */
            memberId?: string;
            /** @description What was noticed and what to do, in Indonesian. */
            message?: string;
            /** @description Number of the question. Absent: none. */
            question?: string;
            /** @description Round (UUID text). Absent: none. */
            roundId?: string;
            severity?: components["schemas"]["FindingSeverity"];
        };
        /**
         * @description FindingReason is what is wrong with a registration.
         *
         *      - FINDING_REASON_UNSPECIFIED: Not set.
         *      - FINDING_REASON_MISSING: Nothing was given.
         *      - FINDING_REASON_MALFORMED: What was given is not of the right form.
         *      - FINDING_REASON_UNKNOWN_PUSKESMAS: No such Puskesmas in the master list.
         *      - FINDING_REASON_NAME_DISAGREES: The master list has another name for the code.
         *      - FINDING_REASON_OTHER_DISTRICT: The Puskesmas is another district's.
         *      - FINDING_REASON_TOO_FEW: Fewer persons of a role than are asked for.
         *      - FINDING_REASON_TOO_MANY: More administrators or heads than there can be.
         *      - FINDING_REASON_NIK_TWICE: The same NIK stands twice in this registration.
         *      - FINDING_REASON_NIK_ELSEWHERE: The NIK was nominated elsewhere.
         *      - FINDING_REASON_HAS_ACCOUNT: The person has an account elsewhere that is not disabled.
         *      - FINDING_REASON_MOBILE_SHARED: Another person has the same mobile number.
         *      - FINDING_REASON_EMAIL_SHARED: Another person has the same e-mail address.
         *      - FINDING_REASON_PUSKESMAS_ELSEWHERE: The Puskesmas is in another registration that is under way.
         *      - FINDING_REASON_HAS_ADMINISTRATOR: The Puskesmas has an administrator already: propose a replacement.
         *      - FINDING_REASON_DISAGREES: NIK and NIP disagree about sex or birth.
         *      - FINDING_REASON_CONTRADICTS: NIP given although the person is marked as no civil servant.
         * @default FINDING_REASON_UNSPECIFIED
         * @enum {string}
         */
        FindingReason: "FINDING_REASON_UNSPECIFIED" | "FINDING_REASON_MISSING" | "FINDING_REASON_MALFORMED" | "FINDING_REASON_UNKNOWN_PUSKESMAS" | "FINDING_REASON_NAME_DISAGREES" | "FINDING_REASON_OTHER_DISTRICT" | "FINDING_REASON_TOO_FEW" | "FINDING_REASON_TOO_MANY" | "FINDING_REASON_NIK_TWICE" | "FINDING_REASON_NIK_ELSEWHERE" | "FINDING_REASON_HAS_ACCOUNT" | "FINDING_REASON_MOBILE_SHARED" | "FINDING_REASON_EMAIL_SHARED" | "FINDING_REASON_PUSKESMAS_ELSEWHERE" | "FINDING_REASON_HAS_ADMINISTRATOR" | "FINDING_REASON_DISAGREES" | "FINDING_REASON_CONTRADICTS";
        /**
         * @description FindingSeverity says how bad a finding is.
         *
         *      - FINDING_SEVERITY_UNSPECIFIED: Refused.
         *      - FINDING_SEVERITY_WARNING: Worth a look.
         *      - FINDING_SEVERITY_ERROR: Wrong; refused when entered on one device.
         * @default FINDING_SEVERITY_UNSPECIFIED
         * @enum {string}
         */
        FindingSeverity: "FINDING_SEVERITY_UNSPECIFIED" | "FINDING_SEVERITY_WARNING" | "FINDING_SEVERITY_ERROR";
        /** @description FindNomineesRequest carries one of three. */
        FindNomineesRequest: {
            /** @description E-mail address. */
            email?: string;
            /** @description Mobile number. */
            mobile?: string;
            /** @description NIK, 16 digits. */
            nik?: string;
        };
        /** @description FindNomineesResponse lists whom the caller may see. */
        FindNomineesResponse: {
            /** @description By number. */
            nominees?: components["schemas"]["Nominee"][];
        };
        /** @description Form is one family's questionnaire as it stands. */
        Form: {
            /** @description What to advise the family, by indicator that is not met. */
            advice?: components["schemas"]["FormAdvice"][];
            besar?: components["schemas"]["FormIndex"];
            /**
             * Format: int64
             * @description Registers that hold several values.
             */
            conflicts?: number;
            /** @description Names the state that this form shows. A field app knows it until it is locked. */
            etag?: string;
            /** @description What checks noticed. */
            findings?: components["schemas"]["FormFinding"][];
            household?: components["schemas"]["Household"];
            inti?: components["schemas"]["FormIndex"];
            /** @description The members who count, in order. */
            people?: components["schemas"]["FormPerson"][];
            /**
             * @description Questions that apply now, in the order of the paper form. They change with
             *     the answers.
             */
            questions?: components["schemas"]["FormQuestion"][];
            review?: components["schemas"]["FamilyReview"];
            /** @description Round that the questions belong to (UUID text). Absent: none was begun. */
            roundId?: string;
            /** @description Fresh ids for new members, rounds and visits (UUID text). */
            spareIds?: string[];
            state?: components["schemas"]["FormState"];
        };
        /** @description FormAdvice is what to tell a family about an indicator that is not met. */
        FormAdvice: {
            /** @description What to advise, Indonesian. */
            advice?: string;
            /**
             * Format: int64
             * @description 1 to 12.
             */
            indicator?: number;
            /** @description Its name, Indonesian. */
            name?: string;
            /** @description Whom it is about, by name. Absent: the household. */
            people?: string[];
        };
        /** @description FormField names one register. */
        FormField: {
            /** @description Name in JSON, such as "cleanWater". */
            field?: string;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent where the kind has none. */
            memberId?: string;
            /** @description Round or visit (UUID text). Absent where the kind has none. */
            recordId?: string;
        };
        /** @description FormFinding is something that a check noticed. */
        FormFinding: {
            /** @description Stable name of the check, "PREGNANT_MAN". */
            code?: string;
            /** @description An error; otherwise it is doubtful, and can stay. */
            error?: boolean;
            /** @description Field, by its name in JSON. Absent: the whole record. */
            field?: string;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent where the kind has none. */
            memberId?: string;
            /** @description What is wrong and what to do, Indonesian. */
            message?: string;
            /** @description Number of the question. Absent: the field is none. */
            question?: string;
            /** @description Round or visit (UUID text). Absent where the kind has none. */
            recordId?: string;
        };
        /** @description FormIndex is an index by one round. */
        FormIndex: {
            /**
             * Format: int64
             * @description Indicators that apply.
             */
            applicable?: number;
            category?: components["schemas"]["Category"];
            /** @description To three decimals. Absent: no index. */
            iks?: string;
            /**
             * Format: int64
             * @description Indicators that are met, and those that apply.
             */
            met?: number;
            /** @description Values of the twelve indicators, "YTN?". */
            values?: string;
        };
        /**
         * @description FormInput is how a question is answered.
         *
         *      - FORM_INPUT_UNSPECIFIED: Not set.
         *      - FORM_INPUT_CHOICE: One of the options.
         *      - FORM_INPUT_DATE: A date, "2024-05-17".
         *      - FORM_INPUT_NUMBER: A whole number from min to max.
         *      - FORM_INPUT_TEXT: Text.
         *      - FORM_INPUT_AGE: A stated age, in years or months.
         *      - FORM_INPUT_MEMBER: Another member of the family.
         * @default FORM_INPUT_UNSPECIFIED
         * @enum {string}
         */
        FormInput: "FORM_INPUT_UNSPECIFIED" | "FORM_INPUT_CHOICE" | "FORM_INPUT_DATE" | "FORM_INPUT_NUMBER" | "FORM_INPUT_TEXT" | "FORM_INPUT_AGE" | "FORM_INPUT_MEMBER";
        /** @description FormOption is one answer to choose. */
        FormOption: {
            /**
             * Format: int32
             * @description Code on paper.
             */
            code?: number;
            /** @description Text, Indonesian. */
            label?: string;
            /** @description Name of the enum value, as JSON writes it ("ANSWER_YA"). */
            value?: string;
        };
        /** @description FormPerson is a member as a form shows them. */
        FormPerson: {
            /**
             * @description Age at the survey date in words, "2 tahun 3 bulan"; "perkiraan" where it
             *     follows from a stated age. Absent: not known.
             */
            age?: string;
            /** @description Belongs to the nuclear family. */
            inti?: boolean;
            /** @description Id (UUID text). */
            memberId?: string;
            /** @description Name. Absent: not known. */
            name?: string;
            /**
             * Format: int64
             * @description Questions that apply and have no answer.
             */
            unanswered?: number;
        };
        /** @description FormQuestion is one question to one person or the household. */
        FormQuestion: {
            /** @description Whether there is an answer. */
            answered?: boolean;
            /** @description Block on paper, "V". */
            block?: string;
            /** @description Field of the record, by its name in JSON ("cleanWater"). */
            field?: string;
            input?: components["schemas"]["FormInput"];
            kind?: components["schemas"]["RecordKind"];
            /** @description Text, Indonesian. */
            label?: string;
            /**
             * Format: int64
             * @description With NUMBER.
             */
            max?: string;
            /** @description Whom it is about (UUID text). Absent: the household. */
            memberId?: string;
            /**
             * Format: int64
             * @description With NUMBER.
             */
            min?: string;
            /** @description Number on paper, "V.10b". */
            number?: string;
            /** @description With CHOICE. */
            options?: components["schemas"]["FormOption"][];
            /** @description Entry is not finished without it. */
            required?: boolean;
            /**
             * @description Why it is asked: the group it is for, or the answer it follows. Absent: it is
             *     for everybody.
             */
            why?: string;
        };
        /**
         * @description FormState is where a family stands in collection in the present survey year, as a list
         *     shows it. A round is of the calendar year of its survey date.
         *
         *      - FORM_STATE_UNSPECIFIED: Any, in a filter.
         *      - FORM_STATE_NOT_VISITED: "belum didata tahun ini": neither a round nor a visit of the present survey year,
         *     whatever there was in earlier ones.
         *      - FORM_STATE_DRAFT: "belum lengkap": a round was begun, in the present year or by people who did not submit
         *     it since, or nobody was at home in the present year.
         *      - FORM_STATE_COMPLETE: "lengkap": an index by a round that people collected or corrected, and did not submit
         *     since, be it of an earlier year.
         *      - FORM_STATE_SUBMITTED: "diajukan".
         *      - FORM_STATE_RETURNED: "dikembalikan".
         *      - FORM_STATE_APPROVED: "disetujui": and surveyed in the present year.
         *      - FORM_STATE_REFUSED: "menolak": the last visit was refused, in the present year.
         *      - FORM_STATE_MOVED: "pindah": moved away, or not counted any more.
         *      - FORM_STATE_SURVEYED: "terdata": an index by a round of the present year that an import alone told of:
         *     nothing is to be submitted.
         * @default FORM_STATE_UNSPECIFIED
         * @enum {string}
         */
        FormState: "FORM_STATE_UNSPECIFIED" | "FORM_STATE_NOT_VISITED" | "FORM_STATE_DRAFT" | "FORM_STATE_COMPLETE" | "FORM_STATE_SUBMITTED" | "FORM_STATE_RETURNED" | "FORM_STATE_APPROVED" | "FORM_STATE_REFUSED" | "FORM_STATE_MOVED" | "FORM_STATE_SURVEYED";
        /** @description GetActivationPackageResponse carries it. */
        GetActivationPackageResponse: {
            file?: components["schemas"]["RegistrationFile"];
        };
        /** @description GetAreaIndexResponse is one area's figures. */
        GetAreaIndexResponse: {
            index?: components["schemas"]["AreaIndex"];
            /**
             * @description Years in which families of the area were surveyed, ascending; of an RW or RT,
             *     families of its village. Without those of villages that are still to be counted.
             */
            surveyYears?: number[];
        };
        /** @description GetAreaResponse is one area. */
        GetAreaResponse: {
            area?: components["schemas"]["Area"];
        };
        /** @description GetAssignmentGapsResponse shows who has what and what nobody has. */
        GetAssignmentGapsResponse: {
            /** @description Known RT without a surveyor. */
            placesWithoutSurveyor?: components["schemas"]["PlaceFamilies"][];
            /** @description Surveyors whose account is not disabled, those without an area first. */
            surveyors?: components["schemas"]["SurveyorFamilies"][];
        };
        /** @description GetBatchResponse is a batch with its families. */
        GetBatchResponse: {
            /** @description User name of who submitted it. */
            authorName?: string;
            batch?: components["schemas"]["Batch"];
            /**
             * @description Its families as they stand now, in the order of their houses; those that
             *     the caller may not see any more are left out.
             */
            items?: components["schemas"]["ReviewItem"][];
            /** @description Code of its village, dotted. */
            villageCode?: string;
        };
        /** @description GetDeviceHoldingsResponse is what the server knows of a device's content. */
        GetDeviceHoldingsResponse: {
            /**
             * Format: int64
             * @description Number of the account whose user signed in on it.
             */
            account?: number;
            /**
             * @description Paths of the areas whose families it was let into at its last sync. Empty: it
             *     never synced.
             */
            areas?: string[];
            device?: components["schemas"]["AccountDevice"];
            /**
             * Format: uint64
             * @description Families that stand in these areas now: at least those that it held, but for
             *     what was drawn up on it and never sent, which nobody can know.
             */
            families?: string;
            /**
             * Format: uint64
             * @description When it was revoked, milliseconds since 1970-01-01 UTC. Absent: it was not, or
             *     the trail no longer tells.
             */
            revokedAtMs?: string;
            /**
             * Format: int64
             * @description Sessions of it that can still be renewed.
             */
            sessions?: number;
        };
        /** @description GetExportResponse is one export. */
        GetExportResponse: {
            export?: components["schemas"]["Export"];
        };
        /** @description GetFamilyResponse is a family with what follows from it. */
        GetFamilyResponse: {
            /** @description Registers with several values. */
            conflicts?: components["schemas"]["Conflict"][];
            /**
             * Format: byte
             * @description Digest of its state, 16 bytes: what a verdict names.
             */
            digest?: string;
            /** @description What a reviewer should look at. */
            findings?: components["schemas"]["Finding"][];
            household?: components["schemas"]["Household"];
            index?: components["schemas"]["FamilyIndex"];
            review?: components["schemas"]["FamilyReview"];
            /**
             * Format: uint64
             * @description Revision of its last change.
             */
            revision?: string;
        };
        /** @description GetFormResponse is the form. */
        GetFormResponse: {
            form?: components["schemas"]["Form"];
        };
        /**
         * @description GetProgressResponse is the status of collection of an area. Counts are of
         *     families as the current state has them (the provisional basis), unless a field
         *     says otherwise.
         */
        GetProgressResponse: {
            /**
             * Format: uint64
             * @description Families that live here, approved, and unchanged since.
             */
            approved?: string;
            /** @description Path of the area, or code of the Puskesmas. */
            area?: string;
            /**
             * Format: date-time
             * @description As of when.
             */
            asOf?: string;
            /**
             * Format: uint64
             * @description Of submitted, families that were approved once and changed since.
             */
            changedSinceApproval?: string;
            /**
             * Format: uint64
             * @description Families with an index (inti).
             */
            complete?: string;
            /**
             * Format: uint64
             * @description Families with an index (besar).
             */
            completeBesar?: string;
            /** @description The past day that was asked for. Absent: the figures are the present ones. */
            day?: string;
            /**
             * Format: uint64
             * @description Of families, those that share an identifier with a family of another
             *     Puskesmas: until that is settled both count.
             */
            doubledElsewhere?: string;
            /**
             * Format: uint64
             * @description Families on record that live here.
             */
            families?: string;
            /**
             * Format: uint64
             * @description Families that moved away: so recorded, or without a round and so found at the
             *     last visit.
             */
            moved?: string;
            /** @description Name of the area or Puskesmas. */
            name?: string;
            /**
             * Format: uint64
             * @description Families without a round whose last visit found nobody at home.
             */
            notAtHome?: string;
            /**
             * Format: uint64
             * @description Families without a round whose last visit began an interview.
             */
            partial?: string;
            /**
             * Format: uint64
             * @description Families without a round that refused at the last visit.
             */
            refused?: string;
            /**
             * Format: uint64
             * @description Families returned.
             */
            returned?: string;
            /**
             * Format: uint64
             * @description Families submitted for review and not judged yet: changed since their approval
             *     included, and those whose removal is to be judged.
             */
            submitted?: string;
            /**
             * Format: uint64
             * @description Families with a round.
             */
            surveyed?: string;
            /**
             * Format: uint64
             * @description Families to be surveyed, by the imported table. Absent: no target set.
             */
            targeted?: string;
            /**
             * Format: uint64
             * @description Houses that were empty at the last visit.
             */
            vacant?: string;
            /**
             * Format: uint64
             * @description Families on the verified basis: as last approved.
             */
            verified?: string;
            /**
             * Format: uint64
             * @description Of these, families with a visit or a round.
             */
            visited?: string;
            /**
             * Format: uint64
             * @description Visits made, of whatever outcome; several may be to one family.
             */
            visits?: string;
        };
        /**
         * @description GetPuskesmasReportResponse is the report. Figures stand as of the end of the
         *     period, or now where it is under way.
         */
        GetPuskesmasReportResponse: {
            /**
             * Format: date-time
             * @description When the figures were known.
             */
            asOf?: string;
            /**
             * Format: int64
             * @description Families that became complete in the period, less those that left.
             */
            complete?: string;
            /** @description Its first day, "2026-11-01". */
            from?: string;
            index?: components["schemas"]["AreaIndex"];
            /**
             * Format: int64
             * @description Interventions in the period: visits at which advice was given, and members of
             *     families surveyed in the period for whom one is noted. Families erased or
             *     restricted by law are not among them.
             */
            interventions?: string;
            /** @description The period, as it was asked for. */
            period?: string;
            progress?: components["schemas"]["GetProgressResponse"];
            /** @description Code and name of the Puskesmas. */
            puskesmasCode?: string;
            /** @description See puskesmas_code. */
            puskesmasName?: string;
            /**
             * Format: int64
             * @description Families surveyed for the first time in the period, less those that left.
             */
            surveyed?: string;
            /**
             * @description Work of the period by surveyor. Empty for callers of other offices, who are
             *     shown no names.
             */
            surveyors?: components["schemas"]["SurveyorProgress"][];
            /** @description Its last day; today where it is under way. */
            to?: string;
            /** @description By village. */
            villages?: components["schemas"]["AreaIndex"][];
            /**
             * Format: int64
             * @description Visits made in the period.
             */
            visits?: string;
        };
        /** @description GetQuestionnaireResponse is the whole questionnaire. */
        GetQuestionnaireResponse: {
            /** @description Notice to be read aloud (Indonesian, paragraphs). */
            notice?: string[];
            /** @description Version of the notice, to be kept in Round.notice_version once it was read. */
            noticeVersion?: string;
            /** @description All questions in the order of the paper form. */
            questions?: components["schemas"]["FormQuestion"][];
            /** @description Fresh ids for a family that is to be started. */
            spareIds?: string[];
            /** @description Version, "PROKESGA-2016.1". */
            version?: string;
        };
        /** @description GetRegistrationFormResponse carries it. */
        GetRegistrationFormResponse: {
            file?: components["schemas"]["RegistrationFile"];
        };
        /** @description GetRegistrationLetterResponse carries the PDF. */
        GetRegistrationLetterResponse: {
            file?: components["schemas"]["RegistrationFile"];
        };
        /** @description GetRegistrationResponse shows it. */
        GetRegistrationResponse: {
            /**
             * @description Persons responsible for the offices; the lists of Puskesmas come by
             *     ListNominees.
             */
            offices?: components["schemas"]["Nominee"][];
            registration?: components["schemas"]["Registration"];
        };
        /** @description GetRegistrationRulesResponse carries them. */
        GetRegistrationRulesResponse: {
            rules?: components["schemas"]["RegistrationRules"];
        };
        /** @description GetReviewDifferencesResponse is what has changed since the last verdict. */
        GetReviewDifferencesResponse: {
            /** @description In canonical order. */
            differences?: components["schemas"]["ReviewDifference"][];
            /**
             * @description Whether a verdict was ever passed; without one there is nothing to compare
             *     with.
             */
            judged?: boolean;
        };
        /** @description GetSelfResponse tells who the caller is. */
        GetSelfResponse: {
            account?: components["schemas"]["Account"];
            /** @description Rights that its roles give, for menus; the server decides anew at each call. */
            rights?: components["schemas"]["Right"][];
        };
        /** @description GetSupportResponse is what there is. */
        GetSupportResponse: {
            /**
             * @description The district's first, then the national level's; those that offer nothing
             *     are left out.
             */
            desks?: components["schemas"]["SupportDesk"][];
        };
        /** @description GetTrendResponse is how the figures went. */
        GetTrendResponse: {
            /**
             * Format: int64
             * @description How many points of the period are not there, because figures of the survey year
             *     were not kept on their days. 0 without a survey year.
             */
            leftOut?: number;
            /** @description Ascending by day; each with its day. The point of today is as of now. */
            points?: components["schemas"]["AreaIndex"][];
        };
        /** @description HistoryEntry is one committed change. */
        HistoryEntry: {
            /**
             * Format: int64
             * @description Number of the author's account.
             */
            author?: number;
            /** @description User name of the author. */
            authorName?: string;
            /** @description Id of the change (UUID text). */
            changeId?: string;
            /**
             * Format: uint64
             * @description When the server committed it, milliseconds since 1970-01-01 UTC.
             */
            committedAtMs?: string;
            /**
             * Format: uint64
             * @description Revision in its village.
             */
            revision?: string;
            stamp?: components["schemas"]["Stamp"];
            /** @description What it wrote. */
            writes?: components["schemas"]["HistoryWrite"][];
        };
        /** @description HistoryWrite is one register written by a change. */
        HistoryWrite: {
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            /** @description Field's name in the contract. Absent: not known to this version. */
            fieldName?: string;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
            /** @description Value as protojson text. Absent: cleared. */
            valueJson?: string;
        };
        /**
         * @description Household is a family as people read it: the shown value of every register,
         *     records gathered under their ids. It is what REST and the SDK give out, what
         *     `ks-device iks --from json` reads (one protojson Household a line), and what
         *     the index is computed from. It is derived from a FamilyState, never merged.
         */
        Household: {
            family?: components["schemas"]["Family"];
            /** @description Id of the family (UUID text). Never absent. */
            familyId?: string;
            /** @description The MEMBER records, removed ones too, by number, then id. */
            members?: components["schemas"]["HouseholdMember"][];
            /** @description The rounds, by survey date, then by the stamp that opened them. */
            rounds?: components["schemas"]["HouseholdRound"][];
            /** @description Code of the village, dotted, "32.04.05.2001". */
            villageCode?: string;
            /**
             * @description The visits, by date, then by when they began (where that is not told: when they
             *     were recorded), then id.
             */
            visits?: components["schemas"]["HouseholdVisit"][];
        };
        /** @description HouseholdIndividual is an INDIVIDUAL record under its member's id. */
        HouseholdIndividual: {
            individual?: components["schemas"]["Individual"];
            /** @description Id of the member (UUID text). Never absent. */
            memberId?: string;
        };
        /** @description HouseholdMember is a MEMBER record under its id. */
        HouseholdMember: {
            member?: components["schemas"]["Member"];
            /** @description Id of the member (UUID text). Never absent. */
            memberId?: string;
        };
        /** @description HouseholdRound is a ROUND record with the members' parts in it. */
        HouseholdRound: {
            /** @description The INDIVIDUAL records of the round, in the order of the members. */
            individuals?: components["schemas"]["HouseholdIndividual"][];
            round?: components["schemas"]["Round"];
            /** @description Id of the round (UUID text). Never absent. */
            roundId?: string;
        };
        /** @description HouseholdSummary is one line of a list of families. */
        HouseholdSummary: {
            /** @description House number. Absent: not known. */
            buildingNumber?: string;
            category?: components["schemas"]["Category"];
            /**
             * Format: int64
             * @description Registers that hold several values.
             */
            conflicts?: number;
            /** @description Local date until which it is to be submitted again. Only for a RETURNED. */
            dueDate?: string;
            /** @description Id (UUID text). */
            familyId?: string;
            /** @description Number of the family in that house. Absent: not known. */
            familyNumber?: string;
            /** @description Name of the head. Absent: not known. */
            headName?: string;
            /** @description IKS to three decimals (inti), of that date. Absent: none. */
            iks?: string;
            /** @description What the supervisor marked. Only for a RETURNED in GetToday of a field app. */
            marked?: components["schemas"]["ReviewField"][];
            /** @description Names of members present who are not fully asked. Only for a DRAFT. */
            missing?: string[];
            /** @description Date promised for the next visit. Absent: none. */
            nextVisitDate?: string;
            /** @description "003/007", RW before RT. */
            place?: string;
            /** @description Own work that waits for a supervisor's decision. Only from the SDK. */
            quarantined?: boolean;
            /** @description Own work that the server refused, to be corrected. Only from the SDK. */
            refused?: boolean;
            state?: components["schemas"]["FormState"];
            /** @description Survey date of the round that counts (inti). Absent: none. */
            surveyDate?: string;
            /** @description Own work on it that the server has not applied. Only from the SDK. */
            unsent?: boolean;
            /** @description Code of the village, "32.04.05.2001". */
            villageCode?: string;
        };
        /** @description HouseholdVisit is a VISIT record under its id. */
        HouseholdVisit: {
            visit?: components["schemas"]["Visit"];
            /** @description Id of the visit (UUID text). Never absent. */
            visitId?: string;
        };
        /**
         * @description Message that represents an arbitrary HTTP body. It should only be used for
         *     payload formats that can't be represented as JSON, such as raw binary or
         *     an HTML page.
         *
         *
         *     This message can be used both in streaming and non-streaming API methods in
         *     the request as well as the response.
         *
         *     It can be used as a top-level request field, which is convenient if one
         *     wants to extract parameters from either the URL or HTTP template into the
         *     request fields and also want access to the raw HTTP body.
         *
         *     Example:
         *
         *         message GetResourceRequest {
         *           // A unique request id.
         *           string request_id = 1;
         *
         *           // The raw HTTP body is bound to this field.
         *           google.api.HttpBody http_body = 2;
         *
         *         }
         *
         *         service ResourceService {
         *           rpc GetResource(GetResourceRequest)
         *             returns (google.api.HttpBody);
         *           rpc UpdateResource(google.api.HttpBody)
         *             returns (google.protobuf.Empty);
         *
         *         }
         *
         *     Example with streaming methods:
         *
         *         service CaldavService {
         *           rpc GetCalendar(stream google.api.HttpBody)
         *             returns (stream google.api.HttpBody);
         *           rpc UpdateCalendar(stream google.api.HttpBody)
         *             returns (stream google.api.HttpBody);
         *
         *         }
         *
         *     Use of this type only changes how the request and response bodies are
         *     handled, all other features will continue to work unchanged.
         */
        HttpBody: {
            /** @description The HTTP Content-Type header value specifying the content type of the body. */
            contentType?: string;
            /**
             * Format: byte
             * @description The HTTP request/response body as raw binary.
             */
            data?: string;
            /**
             * @description Application specific response metadata. Must be set in the first response
             *     for streaming APIs.
             */
            extensions?: components["schemas"]["Any"][];
        };
        /**
         * @description IdentifierStatus is how far a NIK or NKK can be trusted.
         *
         *      - IDENTIFIER_STATUS_UNSPECIFIED: Not set: as STATED.
         *      - IDENTIFIER_STATUS_STATED: Read off a card or told by the person.
         *      - IDENTIFIER_STATUS_VERIFIED: Confirmed by a look-up in the civil registry.
         *      - IDENTIFIER_STATUS_PROVISIONAL: Not a well-formed number; text kept in the provisional field.
         *      - IDENTIFIER_STATUS_NONE: The person or family has none.
         * @default IDENTIFIER_STATUS_UNSPECIFIED
         * @enum {string}
         */
        IdentifierStatus: "IDENTIFIER_STATUS_UNSPECIFIED" | "IDENTIFIER_STATUS_STATED" | "IDENTIFIER_STATUS_VERIFIED" | "IDENTIFIER_STATUS_PROVISIONAL" | "IDENTIFIER_STATUS_NONE";
        /** @description IndexReason is one answer that made a value T or ?. */
        IndexReason: {
            /** @description "Y", "T" or a measurement. Absent: not answered. */
            answer?: string;
            /**
             * Format: int64
             * @description 1 to 12.
             */
            indicator?: number;
            /** @description Member (UUID text). Absent: a question to the household. */
            memberId?: string;
            /** @description Number of the question, "V.7". */
            question?: string;
        };
        /** @description IndexValues are the twelve values with the index and the reasons. */
        IndexValues: {
            category?: components["schemas"]["Category"];
            /**
             * Format: int64
             * @description 12 less the count of N. Absent: no index.
             */
            d?: number;
            /** @description To three decimals, "0.636". Absent: no index. */
            iks?: string;
            /** @description For each T and ?, the answers that made it. */
            reasons?: components["schemas"]["IndexReason"][];
            /** @description Values of indicators 1 to 12: "YYNT…", each Y, T, N or ?. */
            values?: string;
            /**
             * Format: int64
             * @description Count of Y. Absent: no index.
             */
            y?: number;
        };
        /** @description IndicatorChange is by how much an indicator's counts changed. */
        IndicatorChange: {
            /**
             * Format: int64
             * @description Change of the denominator.
             */
            denominator?: string;
            /**
             * Format: int64
             * @description 1 to 12.
             */
            indicator?: number;
            /**
             * Format: int64
             * @description Change of the numerator of its coverage.
             */
            numerator?: string;
            /**
             * @description Whether it is withheld, because the coverage is before or after; both changes
             *     are 0 then.
             */
            withheld?: boolean;
        };
        /** @description IndicatorCoverage is one indicator in an area. */
        IndicatorCoverage: {
            /**
             * Format: uint64
             * @description Complete families less those to whom it does not apply. Absent: withheld.
             */
            denominator?: string;
            /**
             * Format: int64
             * @description 1 to 12.
             */
            indicator?: number;
            /** @description Name, in Indonesian. */
            name?: string;
            /**
             * Format: uint64
             * @description Families whose value is Y. Absent: withheld (a denominator under 5).
             */
            numerator?: string;
            /** @description Percentage to two decimals, "85.71". Absent: withheld or undefined. */
            percent?: string;
            /** @description Whether it is withheld, to be shown as "< 5". */
            withheld?: boolean;
        };
        /** @description IndicatorPriority is where an indicator stands and where it is worst. */
        IndicatorPriority: {
            coverage?: components["schemas"]["IndicatorCoverage"];
            /**
             * Format: uint64
             * @description Families whose value is T: those to be reached. Absent: withheld.
             */
            familiesToReach?: string;
            /**
             * @description The parts of the area with the lowest coverage, at most three, lowest first;
             *     withheld ones are left out.
             */
            lowest?: components["schemas"]["AreaCoverage"][];
        };
        /**
         * @description Individual is the INDIVIDUAL record: a member's part in one round, with what
         *     changes with time (Blok IV) and the answers of Blok V. Every field is a
         *     register, set by the surveyor through the SDK; absence means "not answered"
         *     or "not asked".
         */
        Individual: {
            birthInFacility?: components["schemas"]["Answer"];
            bloodPressureMeasured?: components["schemas"]["Answer"];
            completeImmunisation?: components["schemas"]["Answer"];
            contraception?: components["schemas"]["Answer"];
            contraceptionReason?: components["schemas"]["ContraceptionReason"];
            /**
             * V.10b: diastolic pressure in mmHg. (RAW diastolik)
             * Format: int64
             */
            diastolicMmhg?: number;
            education?: components["schemas"]["Education"];
            exclusiveBreastfeeding?: components["schemas"]["Answer"];
            growthMonitored?: components["schemas"]["Answer"];
            healthInsurance?: components["schemas"]["Answer"];
            hypertension?: components["schemas"]["Answer"];
            hypertensionMedicine?: components["schemas"]["Answer"];
            /** @description Advice or intervention given to the member (RAW catatan_intervensi). */
            interventionNote?: string;
            maritalStatus?: components["schemas"]["MaritalStatus"];
            /** @description Free remark on the member (RAW individu_keterangan). */
            note?: string;
            pregnant?: components["schemas"]["Answer"];
            /**
             * @description Whether the member belonged to the household at this round. Absent: true
             *     where any other field of the record is present, else the member takes no
             *     part in the round.
             */
            present?: boolean;
            relation?: components["schemas"]["Relation"];
            religion?: components["schemas"]["Religion"];
            smokes?: components["schemas"]["Answer"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            /**
             * @description Id (UUID text) of the member who is the spouse. One side's link suffices;
             *     the wife's wins.
             */
            spouseId?: string;
            /**
             * V.10b: systolic pressure in mmHg. (RAW sistolik)
             * Format: int64
             */
            systolicMmhg?: number;
            tuberculosis?: components["schemas"]["Answer"];
            tuberculosisMedicine?: components["schemas"]["Answer"];
            tuberculosisSymptoms?: components["schemas"]["Answer"];
            usesCleanWater?: components["schemas"]["Answer"];
            usesToilet?: components["schemas"]["Answer"];
            work?: components["schemas"]["Work"];
        };
        /** @description IssuedAccount is an account that waits for its activation. */
        IssuedAccount: {
            /**
             * Format: int64
             * @description Number of the account.
             */
            account?: number;
            /** @description One-time code: shown this once, stored only as a hash. */
            code?: string;
            /**
             * Format: uint64
             * @description When the code ends, milliseconds since 1970-01-01 UTC.
             */
            codeExpiresAtMs?: string;
            /** @description Full name, as given. */
            fullName?: string;
            /** @description User name, given by the server. */
            userName?: string;
        };
        /** @description IssuedGuide is an account that was issued; its code is in the package alone. */
        IssuedGuide: {
            /**
             * Format: int64
             * @description Number of the account.
             */
            account?: number;
            /**
             * Format: uint64
             * @description When its code ends, milliseconds since 1970-01-01 UTC.
             */
            codeExpiresAtMs?: string;
            /** @description Full name. */
            fullName?: string;
            /** @description Office's area or Puskesmas. */
            place?: string;
            /** @description User name. */
            userName?: string;
        };
        /** @description IssueRegistrationAccountsRequest says of what. */
        IssueRegistrationAccountsBody: {
            /** @description Note for the timeline. */
            note?: string;
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
        };
        /** @description IssueRegistrationAccountsResponse lists the accounts. */
        IssueRegistrationAccountsResponse: {
            /** @description Accounts that were issued now. */
            issued?: components["schemas"]["IssuedGuide"][];
            registration?: components["schemas"]["Registration"];
        };
        /** @description JudgedState is a family with the state that was looked at. */
        JudgedState: {
            /** @description Family (UUID text). */
            familyId?: string;
            /**
             * Format: byte
             * @description Digest of the state, as the queue or the batch gave it.
             */
            judgedDigest?: string;
        };
        /** @description JudgeFamilyRequest is a verdict. */
        JudgeFamilyBody: {
            /**
             * @description Local date until which a returned family is to be submitted again. Absent:
             *     the server's default.
             */
            dueDate?: string;
            /** @description Fields that it concerns. Absent: the family as a whole. */
            fields?: components["schemas"]["ReviewField"][];
            /**
             * Format: byte
             * @description Digest of the state judged, as GetFamily or the queue gave it.
             */
            judgedDigest?: string;
            /** @description Why returned; required then. */
            note?: string;
            outcome?: components["schemas"]["VerdictOutcome"];
            /** @description The verdict that stands, to overrule it although nothing has changed since. */
            replacesVerdictId?: string;
            /**
             * @description Id drawn by the client (UUID text), so that a call sent again has no second
             *     effect. Absent: the server draws one.
             */
            verdictId?: string;
        };
        /** @description JudgeFamilyResponse is the verdict as it was decided. */
        JudgeFamilyResponse: {
            review?: components["schemas"]["FamilyReview"];
            verdict?: components["schemas"]["Verdict"];
        };
        /** @description ListAccountsResponse is a page. */
        ListAccountsResponse: {
            /** @description Accounts, by number. */
            accounts?: components["schemas"]["StaffAccount"][];
            /** @description Absent: nothing follows. */
            nextPageToken?: string;
        };
        /** @description ListAreaIndexesResponse is a page of figures. */
        ListAreaIndexesResponse: {
            /** @description In the order asked for. */
            indexes?: components["schemas"]["AreaIndex"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /**
             * Format: int64
             * @description How many areas pass the filter.
             */
            totalSize?: number;
            whole?: components["schemas"]["AreaIndex"];
        };
        /** @description ListAreasResponse is a page of areas. */
        ListAreasResponse: {
            /** @description Ascending by code. */
            areas?: components["schemas"]["Area"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListAuditEntriesResponse is a page. */
        ListAuditEntriesResponse: {
            /** @description The entries, newest first. */
            entries?: components["schemas"]["ShownAuditEntry"][];
            /** @description Token of the next page; absent: this was the last. */
            nextPageToken?: string;
        };
        /** @description ListBatchesResponse is a page of batches. */
        ListBatchesResponse: {
            /** @description Newest first, without their families. */
            batches?: components["schemas"]["BatchSummary"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListChangedFamiliesResponse is a page of movements. */
        ListChangedFamiliesResponse: {
            /** @description Newest first. */
            families?: components["schemas"]["ChangedFamily"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /**
             * Format: int64
             * @description How many movements there are in all.
             */
            totalSize?: number;
        };
        /** @description ListConflictsResponse is a page of conflicts. */
        ListConflictsResponse: {
            /** @description By family, then canonical order. */
            conflicts?: components["schemas"]["Conflict"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListDailyProgressResponse is the status day by day. */
        ListDailyProgressResponse: {
            /**
             * @description Ascending by day, each with its day: the status at its end. The difference of
             *     two is what was done between.
             */
            days?: components["schemas"]["GetProgressResponse"][];
        };
        /** @description ListDevicesResponse lists them. */
        ListDevicesResponse: {
            /** @description Devices, by number. */
            devices?: components["schemas"]["AccountDevice"][];
        };
        /** @description ListDuplicateCasesResponse is a page of cases. */
        ListDuplicateCasesResponse: {
            /** @description By number. */
            cases?: components["schemas"]["DuplicateCase"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListDuplicatesResponse is a page of doubles. */
        ListDuplicatesResponse: {
            /**
             * Format: uint64
             * @description As of when, ms since 1970-01-01 UTC; the index of identifiers follows within
             *     seconds.
             */
            asOfMs?: string;
            /** @description By family. */
            duplicates?: components["schemas"]["Duplicate"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListExportsResponse is the caller's exports. */
        ListExportsResponse: {
            /** @description Newest first. */
            exports?: components["schemas"]["Export"][];
        };
        /** @description ListFamiliesResponse is a page of families. */
        ListFamiliesResponse: {
            /** @description Ascending by village, place, id. */
            families?: components["schemas"]["FamilySummary"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListFamilyHistoryResponse is a page of changes. */
        ListFamilyHistoryResponse: {
            /** @description Newest first. */
            entries?: components["schemas"]["HistoryEntry"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListFeedTokensResponse is the caller's tokens. */
        ListFeedTokensResponse: {
            /** @description Newest first. */
            tokens?: components["schemas"]["FeedToken"][];
        };
        /** @description ListHouseholdsRequest bounds a list. */
        ListHouseholdsRequest: {
            /**
             * @description Path of an area the families must lie in, "32.04.05.2001/003/007"; "~" for
             *     the slashes, as in REST addresses, is accepted. Absent: all of the caller's.
             */
            area?: string;
            /**
             * Format: int64
             * @description At most 1000; 0 means 100.
             */
            pageSize?: number;
            /** @description next_page_token of the page before. */
            pageToken?: string;
            state?: components["schemas"]["FormState"];
            /** @description Words that must all be found in names, No. KK or house number. Absent: any. */
            text?: string;
        };
        /** @description ListHouseholdsResponse is a page of families. */
        ListHouseholdsResponse: {
            /** @description The families. */
            households?: components["schemas"]["HouseholdSummary"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /**
             * Format: int64
             * @description How many there are in all, on all pages. Absent: not known.
             */
            total?: number;
        };
        /** @description ListIndicatorPrioritiesResponse is the indicators of an area by urgency. */
        ListIndicatorPrioritiesResponse: {
            index?: components["schemas"]["AreaIndex"];
            /** @description Lowest coverage first; those withheld or undefined last. */
            priorities?: components["schemas"]["IndicatorPriority"][];
        };
        /** @description ListNomineesResponse is a page. */
        ListNomineesResponse: {
            /** @description Absent: nothing follows. */
            nextPageToken?: string;
            /** @description By number. */
            nominees?: components["schemas"]["Nominee"][];
        };
        /** @description ListPriorityFamiliesResponse is a page of families. */
        ListPriorityFamiliesResponse: {
            /**
             * Format: date-time
             * @description As of when.
             */
            asOf?: string;
            /** @description In the order asked for. */
            families?: components["schemas"]["PriorityFamily"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /**
             * Format: int64
             * @description How many families pass the filter.
             */
            totalSize?: number;
        };
        /** @description ListProgressResponse is a page of areas. */
        ListProgressResponse: {
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /** @description In the order asked for. */
            progress?: components["schemas"]["GetProgressResponse"][];
            /**
             * Format: int64
             * @description How many areas pass the filter.
             */
            totalSize?: number;
            whole?: components["schemas"]["GetProgressResponse"];
        };
        /** @description ListPuskesmasResponse is a page of Puskesmas. */
        ListPuskesmasResponse: {
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /** @description Ascending by code. */
            puskesmas?: components["schemas"]["Puskesmas"][];
        };
        /** @description ListQuarantineResponse is a page of waiting work. */
        ListQuarantineResponse: {
            /** @description Oldest first. */
            changes?: components["schemas"]["QuarantinedChange"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListRegistrationEventsResponse is a page. */
        ListRegistrationEventsResponse: {
            /** @description Oldest first. */
            events?: components["schemas"]["RegistrationEvent"][];
            /** @description Absent: nothing follows. */
            nextPageToken?: string;
        };
        /** @description ListRegistrationsResponse is a page. */
        ListRegistrationsResponse: {
            /** @description Absent: nothing follows. */
            nextPageToken?: string;
            /** @description Without letters. */
            registrations?: components["schemas"]["Registration"][];
        };
        /** @description ListReviewQueueResponse is a page of the queue. */
        ListReviewQueueResponse: {
            /**
             * Format: uint64
             * @description As of when, ms since 1970-01-01 UTC.
             */
            asOfMs?: string;
            /** @description Longest waiting first. */
            items?: components["schemas"]["ReviewItem"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
        };
        /** @description ListSessionsResponse lists them. */
        ListSessionsResponse: {
            /** @description Sessions, oldest first. */
            sessions?: components["schemas"]["AccountSession"][];
        };
        /** @description ListSurveyorProgressResponse is the work of a period by surveyor. */
        ListSurveyorProgressResponse: {
            /**
             * Format: date-time
             * @description As of when.
             */
            asOf?: string;
            /**
             * @description By name. The sum over surveyors is the change of the villages' counts in the
             *     period.
             */
            surveyors?: components["schemas"]["SurveyorProgress"][];
        };
        /** @description ListVerdictsResponse is a page of verdicts. */
        ListVerdictsResponse: {
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /** @description Newest first. */
            verdicts?: components["schemas"]["VerdictEntry"][];
        };
        /** @description LookUpFamilyCardRequest names a card. */
        LookUpFamilyCardRequest: {
            /**
             * Format: uint64
             * @description The NKK, 16 digits.
             */
            nkk?: string;
            serves?: components["schemas"]["LookUpFor"];
        };
        /** @description LookUpFamilyCardResponse are the persons on the card. */
        LookUpFamilyCardResponse: {
            /**
             * Format: int64
             * @description How many of the card are left out: their records have no well-formed NIK, no
             *     name or the NIK of another, or are not in force.
             */
            leftOut?: number;
            /** @description The head first, then in the card's order; nobody twice. */
            persons?: components["schemas"]["RegistryPerson"][];
        };
        /** @description LookUpFor says which family a look-up serves, and why. */
        LookUpFor: {
            /**
             * @description RT where the family lives, "32.04.05.2001/003/007"; it must lie within the
             *     caller's areas. Where the server knows the family, its own RT counts.
             */
            area?: string;
            /** @description Id of the family (UUID text); it need not have reached the server yet. */
            familyId?: string;
            purpose?: components["schemas"]["LookUpPurpose"];
        };
        /** @description LookUpPersonRequest names a person. */
        LookUpPersonRequest: {
            /**
             * Format: uint64
             * @description The NIK, 16 digits.
             */
            nik?: string;
            serves?: components["schemas"]["LookUpFor"];
        };
        /** @description LookUpPersonResponse is the person. */
        LookUpPersonResponse: {
            person?: components["schemas"]["RegistryPerson"];
        };
        /**
         * @description LookUpPurpose is why a look-up is made.
         *
         *      - LOOK_UP_PURPOSE_UNSPECIFIED: Refused.
         *      - LOOK_UP_PURPOSE_ENTER_MEMBERS: The family's members are entered.
         *      - LOOK_UP_PURPOSE_VERIFY_NUMBER: A number that was stated is checked.
         *      - LOOK_UP_PURPOSE_RESOLVE_DUPLICATE: Suspected duplicates are told apart.
         * @default LOOK_UP_PURPOSE_UNSPECIFIED
         * @enum {string}
         */
        LookUpPurpose: "LOOK_UP_PURPOSE_UNSPECIFIED" | "LOOK_UP_PURPOSE_ENTER_MEMBERS" | "LOOK_UP_PURPOSE_VERIFY_NUMBER" | "LOOK_UP_PURPOSE_RESOLVE_DUPLICATE";
        /**
         * @description MaritalStatus in the paper form's order (Dukcapil numbers it otherwise).
         *
         *      - MARITAL_STATUS_UNSPECIFIED: Not answered.
         *      - MARITAL_STATUS_MARRIED: 1 Kawin.
         *      - MARITAL_STATUS_SINGLE: 2 Belum kawin.
         *      - MARITAL_STATUS_DIVORCED: 3 Cerai hidup.
         *      - MARITAL_STATUS_WIDOWED: 4 Cerai mati.
         * @default MARITAL_STATUS_UNSPECIFIED
         * @enum {string}
         */
        MaritalStatus: "MARITAL_STATUS_UNSPECIFIED" | "MARITAL_STATUS_MARRIED" | "MARITAL_STATUS_SINGLE" | "MARITAL_STATUS_DIVORCED" | "MARITAL_STATUS_WIDOWED";
        /**
         * @description Member is the MEMBER record of one person of a family: identity, which
         *     belongs to the person whatever the round. Every field is a register.
         */
        Member: {
            /** @description Birth date, ISO 8601 "2019-02-28" (Blok IV). Absent: unknown, see stated_age. */
            birthDate?: string;
            /**
             * @description Id (UUID text) that the person had in the family that they came from, after
             *     a split or a move between families.
             */
            formerMemberId?: string;
            /**
             * @description Id (UUID text) of the member who is this member's mother. Absent: not linked
             *     or the mother is no member.
             */
            motherId?: string;
            /**
             * @description Id (UUID text) of the family that the person is a member of now, after a
             *     split; set together with removal MOVED.
             */
            movedToFamilyId?: string;
            /** @description Full name as told (Blok IV.1). */
            name?: string;
            /**
             * Format: uint64
             * @description NIK (Blok IV), 16 digits as one number. Absent: none given, or provisional.
             */
            nik?: string;
            /**
             * @description What was given in place of a well-formed NIK; kept as found, never used for
             *     matching.
             *     In answers to readers who are shown the last digits alone it holds these,
             *     "************6789", and nik is absent.
             */
            nikProvisional?: string;
            nikStatus?: components["schemas"]["IdentifierStatus"];
            /**
             * Format: int64
             * @description Number of the member in the family as on the paper form, from 1 (Blok IV).
             */
            number?: number;
            removal?: components["schemas"]["Removal"];
            sex?: components["schemas"]["Sex"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            sourceYears?: components["schemas"]["SourceYears"];
            statedAge?: components["schemas"]["StatedAge"];
            statedAges?: components["schemas"]["StatedAges"];
        };
        /**
         * @description Membership says whose values count.
         *
         *      - MEMBERSHIP_UNSPECIFIED: As INTI.
         *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
         *      - MEMBERSHIP_BESAR: All members.
         * @default MEMBERSHIP_UNSPECIFIED
         * @enum {string}
         */
        Membership: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
        /** @description MergeFamilyRequest names two families that are one. */
        MergeFamilyBody: {
            /** @description The one that is kept (UUID text). */
            keptFamilyId?: string;
            /** @description Why they are one. */
            note?: string;
        };
        /** @description MergeFamilyResponse tells of both. */
        MergeFamilyResponse: {
            /**
             * Format: uint64
             * @description Revision of the kept family's last change. 0: it had everything already.
             */
            keptRevision?: string;
            /**
             * Format: uint64
             * @description Revision at which the other was removed. 0: it was before.
             */
            removedRevision?: string;
        };
        /** @description NameActingSupervisorRequest names an account and a date. */
        NameActingSupervisorBody: {
            /**
             * Format: uint64
             * @description Acts before this instant, milliseconds since 1970-01-01 UTC, at most 90 days
             *     from now. 0: no longer.
             */
            untilMs?: string;
        };
        /** @description NameActingSupervisorResponse is empty. */
        NameActingSupervisorResponse: Record<string, never>;
        /** @description NewStaff is one account to be made. */
        NewStaff: {
            /** @description Area of an office, by the national level. Absent: the caller's own. */
            area?: string;
            /** @description Areas of a surveyor, as paths. Absent: to be assigned later. */
            assignedAreas?: string[];
            person?: components["schemas"]["AccountPerson"];
            /** @description Roles; several in one Puskesmas are possible. */
            roles?: components["schemas"]["Role"][];
        };
        /** @description Nominee is a person in a registration. */
        Nominee: {
            /**
             * Format: int64
             * @description Account of the person. 0: none was issued.
             */
            account?: number;
            /**
             * Format: int64
             * @description Number, given by the server. A list that is replaced gets new ones.
             */
            nominee?: number;
            person?: components["schemas"]["NomineePerson"];
            /**
             * Format: int64
             * @description Place in the list of the Puskesmas, from 1; 0 for replacements.
             */
            positionInList?: number;
            /** @description Puskesmas; absent for who is responsible for an office. */
            puskesmasCode?: string;
            /**
             * Format: int64
             * @description Registration in which the person stands.
             */
            registration?: number;
            /**
             * Format: int64
             * @description Nominee whose place is taken. 0: nobody's.
             */
            replaces?: number;
            /**
             * Format: uint64
             * @description Since when the standing is so, milliseconds since 1970-01-01 UTC.
             */
            sinceMs?: string;
            standing?: components["schemas"]["NomineeStanding"];
        };
        /**
         * @description NomineePerson is a person as the form names them. Everything is text as it was
         *     entered, so that a draft may be unfinished; checks tell what is missing.
         */
        NomineePerson: {
            /** @description E-mail address. */
            email?: string;
            /** @description Full name, with titles. */
            fullName?: string;
            /** @description Mobile number; kept as +62... where it is one. */
            mobile?: string;
            /**
             * @description NIK, 16 digits. In answers the last four alone, after "************", where
             *     the reader's task needs no more.
             */
            nik?: string;
            /** @description NIP, 18 digits; blanks don't matter. Empty with not_civil_servant. */
            nip?: string;
            /** @description Bukan ASN: has no NIP. */
            notCivilServant?: boolean;
            /** @description Position (jabatan). */
            position?: string;
            role?: components["schemas"]["Role"];
        };
        /**
         * @description NomineeStanding is where a nominated person stands.
         *
         *      - NOMINEE_STANDING_UNSPECIFIED: Not set.
         *      - NOMINEE_STANDING_NOMINATED: Stands in the list; not decided yet.
         *      - NOMINEE_STANDING_PROPOSED: Proposed by the administrator in place of somebody.
         *      - NOMINEE_STANDING_ADMITTED: Admitted by the district: may have an account, but no Dukcapil look-ups.
         *      - NOMINEE_STANDING_ACCEPTED: The form was accepted by Pusdatin: Dukcapil look-ups are allowed.
         *      - NOMINEE_STANDING_REPLACED: Somebody else has taken the place: the form is in force no more.
         *      - NOMINEE_STANDING_REFUSED: Not admitted or not accepted.
         * @default NOMINEE_STANDING_UNSPECIFIED
         * @enum {string}
         */
        NomineeStanding: "NOMINEE_STANDING_UNSPECIFIED" | "NOMINEE_STANDING_NOMINATED" | "NOMINEE_STANDING_PROPOSED" | "NOMINEE_STANDING_ADMITTED" | "NOMINEE_STANDING_ACCEPTED" | "NOMINEE_STANDING_REPLACED" | "NOMINEE_STANDING_REFUSED";
        /**
         * @description NotQueued is why a family of a batch is not in the queue.
         *
         *      - NOT_QUEUED_UNSPECIFIED: It is, or was.
         *      - NOT_QUEUED_WORK_WAITS: Work of the batch's author on it waits in quarantine: it is submitted once all of
         *     that was decided on and something of it admitted.
         *      - NOT_QUEUED_NO_WORK: The server has no work of the author on it that nobody has approved, and it is none of the
         *     author's area. It is submitted once such work comes.
         *      - NOT_QUEUED_KEPT_OUT: A supervisor kept the author's work on it out. It is to be submitted again.
         *      - NOT_QUEUED_ERASED: It was lawfully erased.
         * @default NOT_QUEUED_UNSPECIFIED
         * @enum {string}
         */
        NotQueued: "NOT_QUEUED_UNSPECIFIED" | "NOT_QUEUED_WORK_WAITS" | "NOT_QUEUED_NO_WORK" | "NOT_QUEUED_KEPT_OUT" | "NOT_QUEUED_ERASED";
        /**
         * @description Origin is who entered a round or a visit, and when, where a union of two
         *     families wrote it: it stays their work, and keeps its place among the rounds
         *     of one day. A device whose account may not review families is not to write it.
         */
        Origin: {
            /**
             * Format: int64
             * @description Number of the account that wrote that. 0: an import.
             */
            author?: number;
            /**
             * @description Numbers of the accounts that wrote what it showed there, of a round its parts
             *     too, ascending: they do not judge the family that took it over.
             */
            contributors?: number[];
            stamp?: components["schemas"]["Stamp"];
        };
        /**
         * @description PackageFormat is how a package comes.
         *
         *      - PACKAGE_FORMAT_UNSPECIFIED: Not set: as PDF.
         *      - PACKAGE_FORMAT_PDF: PDF.
         *      - PACKAGE_FORMAT_HTML: Printable HTML page.
         *      - PACKAGE_FORMAT_CSV: CSV, a line an account, for offices that print their own guides.
         * @default PACKAGE_FORMAT_UNSPECIFIED
         * @enum {string}
         */
        PackageFormat: "PACKAGE_FORMAT_UNSPECIFIED" | "PACKAGE_FORMAT_PDF" | "PACKAGE_FORMAT_HTML" | "PACKAGE_FORMAT_CSV";
        /** @description PlaceFamilies is an RT with its families. */
        PlaceFamilies: {
            /** @description Path of the RT. */
            area?: string;
            /**
             * Format: uint64
             * @description Families that count there.
             */
            families?: string;
        };
        /** @description Position as measured by the device. */
        Position: {
            /**
             * Format: int64
             * @description Radius of uncertainty in metres. 0: unknown.
             */
            accuracyM?: number;
            /**
             * Format: int32
             * @description Latitude, WGS 84, in 10^-7 degrees.
             */
            latitudeE7?: number;
            /**
             * Format: int32
             * @description Longitude, WGS 84, in 10^-7 degrees.
             */
            longitudeE7?: number;
        };
        /** @description PriorityFamily is a family with what fails in it. */
        PriorityFamily: {
            /** @description The indicators that are T, ascending. */
            failing?: number[];
            family?: components["schemas"]["FamilySummary"];
            values?: components["schemas"]["IndexValues"];
        };
        /** @description ProposeReplacementRequest carries a person. */
        ProposeReplacementBody: {
            /** @description Note for the timeline. */
            note?: string;
            person?: components["schemas"]["NomineePerson"];
        };
        /** @description ProposeReplacementResponse shows the person. */
        ProposeReplacementResponse: {
            nominee?: components["schemas"]["Nominee"];
        };
        /** @description Puskesmas is a health centre with its work area. */
        Puskesmas: {
            /** @description Opaque code. */
            code?: string;
            /** @description District that it belongs to. */
            district?: string;
            /** @description Name. */
            name?: string;
            /** @description Codes of the villages that it serves, ascending. */
            villageCodes?: string[];
        };
        /** @description QuarantinedChange is one change that waits for a decision. */
        QuarantinedChange: {
            /**
             * Format: int64
             * @description Number of the author's account.
             */
            author?: number;
            /** @description Id (UUID text). */
            changeId?: string;
            /**
             * Format: int64
             * @description Number of the device.
             */
            device?: number;
            /** @description Family (UUID text). */
            familyId?: string;
            /** @description Why it is here, such as "OUT_OF_SCOPE". */
            reason?: string;
            /**
             * Format: uint64
             * @description When it came, ms since 1970-01-01 UTC.
             */
            receivedAtMs?: string;
            /** @description Path of the village. */
            villageCode?: string;
            /** @description What it would write. */
            writes?: components["schemas"]["HistoryWrite"][];
        };
        /** @description Receipt tells what became of one change, submission or verdict. */
        Receipt: {
            decision?: components["schemas"]["ReviewDecision"];
            /**
             * Format: byte
             * @description Id of the change, submission or verdict.
             */
            id?: string;
            /** @description What is wrong; with INVALID. */
            issues?: components["schemas"]["FieldIssue"][];
            /**
             * Format: int64
             * @description Largest size allowed, in bytes; with TOO_LARGE.
             */
            limitBytes?: number;
            /**
             * @description Families of a submission that are not in the queue, each with why; with APPLIED
             *     and DUPLICATE, and with INVALID for a deposited one of which none is. What becomes of them
             *     the batch tells.
             */
            notQueued?: components["schemas"]["BatchFamily"][];
            /**
             * Format: byte
             * @description That this server has applied the verdict, by its own word; with APPLIED and DUPLICATE of
             *     one. The device keeps it and offers it with the verdict, as it is, whenever it offers that
             *     again, to a server that was restored. Absent: no verdict, or a server of before it was known.
             */
            proof?: string;
            /**
             * @description Stable reason; with INVALID, QUARANTINED, TOO_LARGE and NOT_APPLIED, such as
             *     "OUT_OF_SCOPE".
             */
            reason?: string;
            /**
             * Format: uint64
             * @description Revision under which it was committed; with APPLIED and DUPLICATE.
             */
            revision?: string;
            stamp?: components["schemas"]["Stamp"];
            status?: components["schemas"]["ReceiptStatus"];
        };
        /**
         * @description ReceiptStatus is what became of one uploaded change.
         *
         *      - RECEIPT_STATUS_UNSPECIFIED: Refused.
         *      - RECEIPT_STATUS_APPLIED: Merged.
         *      - RECEIPT_STATUS_DUPLICATE: It had been merged before.
         *      - RECEIPT_STATUS_CLOCK_AHEAD: Its stamp lies more than five minutes ahead of the server's clock, or its
         *     contexts do: the device stamps it and what follows anew and sends it again.
         *      - RECEIPT_STATUS_TOO_LARGE: Larger than SyncWelcome.change_bytes: the device splits it.
         *      - RECEIPT_STATUS_INVALID: Wrong within itself: stays on the device, editable.
         *      - RECEIPT_STATUS_QUARANTINED: Kept for a supervisor's decision, not merged.
         *      - RECEIPT_STATUS_ERASED: The person's data were lawfully erased: dropped.
         *      - RECEIPT_STATUS_FORKED: The id is known with another content, or its family has a change by the same
         *     device and incarnation that it should have seen and has not: the database is a
         *     copy. The device draws a new incarnation and renumbers what is unsent.
         *      - RECEIPT_STATUS_NOT_APPLIED: A verdict that the server did not apply, and never will: reason says why. The
         *     family's present review state comes by the feed.
         * @default RECEIPT_STATUS_UNSPECIFIED
         * @enum {string}
         */
        ReceiptStatus: "RECEIPT_STATUS_UNSPECIFIED" | "RECEIPT_STATUS_APPLIED" | "RECEIPT_STATUS_DUPLICATE" | "RECEIPT_STATUS_CLOCK_AHEAD" | "RECEIPT_STATUS_TOO_LARGE" | "RECEIPT_STATUS_INVALID" | "RECEIPT_STATUS_QUARANTINED" | "RECEIPT_STATUS_ERASED" | "RECEIPT_STATUS_FORKED" | "RECEIPT_STATUS_NOT_APPLIED";
        /** @description ReceiveRegistrationRequest carries what came. */
        ReceiveRegistrationRequest: {
            channel?: components["schemas"]["RegistrationChannel"];
            /**
             * Format: byte
             * @description Filled form, XLSX or CSV.
             */
            form?: string;
            /**
             * @description Whether a form with mistakes in persons is entered all the same, so that it can
             *     be returned with reasons.
             */
            incomplete?: boolean;
            /**
             * Format: byte
             * @description The letter's PDF, at most 512 KiB here; number, date and signatory stand in the
             *     form.
             */
            letterPdf?: string;
            /**
             * Format: int64
             * @description Registration whose returned Puskesmas the form corrects. 0: a new one.
             */
            registration?: number;
        };
        /** @description ReceiveRegistrationResponse shows what was entered. */
        ReceiveRegistrationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /** @description RecordDistributionRequest says of what. */
        RecordDistributionBody: {
            /** @description Note for the timeline. */
            note?: string;
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
        };
        /** @description RecordDistributionResponse shows the registration. */
        RecordDistributionResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /**
         * @description RecordKind names the record that a register belongs to. The order of the
         *     numbers is the canonical order of records.
         *
         *      - RECORD_KIND_UNSPECIFIED: Not set; refused.
         *      - RECORD_KIND_FAMILY: message Family; record_id and member_id are absent.
         *      - RECORD_KIND_MEMBER: message Member; member_id.
         *      - RECORD_KIND_ROUND: message Round; record_id is the round's id.
         *      - RECORD_KIND_INDIVIDUAL: message Individual; record_id is the round's id, and member_id.
         *      - RECORD_KIND_VISIT: message Visit; record_id is the visit's id.
         * @default RECORD_KIND_UNSPECIFIED
         * @enum {string}
         */
        RecordKind: "RECORD_KIND_UNSPECIFIED" | "RECORD_KIND_FAMILY" | "RECORD_KIND_MEMBER" | "RECORD_KIND_ROUND" | "RECORD_KIND_INDIVIDUAL" | "RECORD_KIND_VISIT";
        /** @description RecordRegistrationCopyRequest says how the copy went. */
        RecordRegistrationCopyBody: {
            channel?: components["schemas"]["RegistrationChannel"];
            /** @description Note for the timeline. */
            note?: string;
        };
        /** @description RecordRegistrationCopyResponse shows the registration. */
        RecordRegistrationCopyResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /** @description RefreshTokenRequest presents a refresh token. */
        RefreshTokenRequest: {
            /**
             * Format: byte
             * @description Device-bound sessions: signature by the device's key over
             *     "keluarga-sehat/refresh" + refresh_token + nonce.
             */
            deviceSignature?: string;
            /**
             * Format: byte
             * @description Random, made once per rotation and kept until the reply is stored, so that
             *     a repeated request is known as such.
             */
            nonce?: string;
            /** @description The token. */
            refreshToken?: string;
        };
        /** @description RefreshTokenResponse carries the successor. */
        RefreshTokenResponse: {
            /**
             * Format: uint64
             * @description As in SignInResponse.
             */
            accessExpiresAtMs?: string;
            /** @description As in SignInResponse. */
            accessToken?: string;
            account?: components["schemas"]["Account"];
            /** @description Successor. */
            refreshToken?: string;
        };
        /** @description RefuseRegistrationRequest says of what. */
        RefuseRegistrationBody: {
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
            /** @description Reason, for whoever it is returned to. */
            reason?: string;
        };
        /** @description RefuseRegistrationResponse shows the registration. */
        RefuseRegistrationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /** @description RefuseReplacementRequest names a person. */
        RefuseReplacementBody: {
            /** @description Reason, for whoever it is returned to. */
            reason?: string;
        };
        /** @description RefuseReplacementResponse shows the person. */
        RefuseReplacementResponse: {
            nominee?: components["schemas"]["Nominee"];
        };
        /** @description Registration is a district's request. */
        Registration: {
            /**
             * Format: int64
             * @description Whole days since then.
             */
            ageDays?: number;
            channel?: components["schemas"]["RegistrationChannel"];
            /**
             * Format: uint64
             * @description When the province's copy was last recorded; 0: never.
             */
            copiedMs?: string;
            copyChannel?: components["schemas"]["RegistrationChannel"];
            /**
             * Format: uint64
             * @description When it was drawn up, milliseconds since 1970-01-01 UTC.
             */
            createdMs?: string;
            /** @description District that asks. */
            districtCode?: string;
            /** @description Name of the district. */
            districtName?: string;
            /**
             * Format: int64
             * @description Activation guides that have not been handed over yet.
             */
            guides?: number;
            letter?: components["schemas"]["RegistrationLetter"];
            /** @description Its Puskesmas, by code. */
            puskesmas?: components["schemas"]["RegistrationPuskesmas"][];
            /**
             * Format: int64
             * @description Number, given by the server.
             */
            registration?: number;
            state?: components["schemas"]["RegistrationState"];
            /**
             * Format: uint64
             * @description When it was last submitted; 0: never.
             */
            submittedMs?: string;
            /**
             * Format: uint64
             * @description Since when its oldest Puskesmas waits for Pusdatin; 0: none waits.
             */
            waitingSinceMs?: string;
        };
        /**
         * @description RegistrationChannel is the way something went.
         *
         *      - REGISTRATION_CHANNEL_UNSPECIFIED: Not set.
         *      - REGISTRATION_CHANNEL_ONLINE: By this system.
         *      - REGISTRATION_CHANNEL_POST: By post.
         *      - REGISTRATION_CHANNEL_EMAIL: By e-mail.
         * @default REGISTRATION_CHANNEL_UNSPECIFIED
         * @enum {string}
         */
        RegistrationChannel: "REGISTRATION_CHANNEL_UNSPECIFIED" | "REGISTRATION_CHANNEL_ONLINE" | "REGISTRATION_CHANNEL_POST" | "REGISTRATION_CHANNEL_EMAIL";
        /** @description RegistrationEvent is one entry of the timeline. Nothing of it is ever changed. */
        RegistrationEvent: {
            /**
             * Format: int64
             * @description Account that acted.
             */
            actor?: number;
            /** @description Its user name. */
            actorName?: string;
            after?: components["schemas"]["RegistrationState"];
            before?: components["schemas"]["RegistrationState"];
            channel?: components["schemas"]["RegistrationChannel"];
            /**
             * Format: int64
             * @description Nominee that it concerns; 0: none.
             */
            nominee?: number;
            /** @description Reason or note. */
            note?: string;
            /** @description Puskesmas that it concerns; absent: the request itself. */
            puskesmasCode?: string;
            /**
             * Format: int64
             * @description From 1, without a gap in a registration.
             */
            sequence?: number;
            step?: components["schemas"]["RegistrationStep"];
            /**
             * Format: uint64
             * @description When, milliseconds since 1970-01-01 UTC.
             */
            timeMs?: string;
        };
        /** @description RegistrationFile is a file to be kept or printed. */
        RegistrationFile: {
            /**
             * Format: byte
             * @description What it holds.
             */
            content?: string;
            /** @description Media type. */
            contentType?: string;
            /** @description Name to keep it under. */
            fileName?: string;
        };
        /** @description RegistrationFinding is one thing that is wrong, or should be looked at. */
        RegistrationFinding: {
            /** @description Whether the Puskesmas can't be accepted while it is so. */
            blocking?: boolean;
            /** @description Field of NomineePerson, "letter.number", "name" and so on. */
            field?: string;
            /** @description Full name of the nominee. */
            fullName?: string;
            /** @description The same for people, in Indonesian. */
            message?: string;
            /**
             * Format: int64
             * @description Nominee that it concerns; 0: none.
             */
            nominee?: number;
            /** @description For Pusdatin: the Puskesmas in the other registration. */
            otherPuskesmasCode?: string;
            /**
             * Format: int64
             * @description For Pusdatin: the other registration, where there is one.
             */
            otherRegistration?: number;
            /**
             * Format: int64
             * @description Place of the nominee in the list, from 1.
             */
            positionInList?: number;
            /** @description Puskesmas that it concerns; absent: the request itself. */
            puskesmasCode?: string;
            reason?: components["schemas"]["FindingReason"];
            role?: components["schemas"]["Role"];
        };
        /**
         * @description RegistrationFormKind is which empty paper.
         *
         *      - REGISTRATION_FORM_KIND_UNSPECIFIED: Not set: as XLSX.
         *      - REGISTRATION_FORM_KIND_XLSX: The form, as a workbook.
         *      - REGISTRATION_FORM_KIND_CSV: The form, as CSV.
         *      - REGISTRATION_FORM_KIND_LETTER: The letter's template, as RTF.
         * @default REGISTRATION_FORM_KIND_UNSPECIFIED
         * @enum {string}
         */
        RegistrationFormKind: "REGISTRATION_FORM_KIND_UNSPECIFIED" | "REGISTRATION_FORM_KIND_XLSX" | "REGISTRATION_FORM_KIND_CSV" | "REGISTRATION_FORM_KIND_LETTER";
        /** @description RegistrationLetter is the formal letter of request. */
        RegistrationLetter: {
            /** @description Its date, 2026-03-01. */
            date?: string;
            /** @description Number of the letter. */
            number?: string;
            /**
             * Format: int64
             * @description Bytes of its PDF; 0: there is none. Set by the server.
             */
            pdfBytes?: number;
            /** @description SHA-256 of its PDF, hexadecimal. Set by the server. */
            pdfSha256?: string;
            /** @description Who signed it. */
            signatory?: string;
            /** @description Position of who signed it. */
            signatoryPosition?: string;
        };
        /** @description RegistrationPuskesmas is one Puskesmas in a registration. */
        RegistrationPuskesmas: {
            /**
             * @description Names its name and list as they stand, for SetRegistrationPuskesmas. Absent in
             *     lists of registrations.
             */
            etag?: string;
            /** @description Name, as the form gives it. */
            name?: string;
            /**
             * Format: int64
             * @description How many persons stand in its list.
             */
            nominees?: number;
            /** @description Code. */
            puskesmasCode?: string;
            /** @description Why it was last returned, refused or withdrawn. Absent: it was not. */
            reason?: string;
            /**
             * Format: uint64
             * @description Since when, milliseconds since 1970-01-01 UTC.
             */
            sinceMs?: string;
            state?: components["schemas"]["RegistrationState"];
            /**
             * Format: uint64
             * @description When it was last submitted; 0: never.
             */
            submittedMs?: string;
        };
        /** @description RegistrationRules are what Pusdatin asks for, and where it is reached. */
        RegistrationRules: {
            /**
             * Format: int64
             * @description Administrators a Puskesmas: exactly so many.
             */
            administrators?: number;
            /** @description Where e-mail goes. */
            email?: string;
            /**
             * Format: int64
             * @description Heads a Puskesmas: exactly so many.
             */
            heads?: number;
            /** @description Where letters go: Pusdatin's postal address. */
            postalAddress?: string;
            /**
             * Format: int64
             * @description Supervisors a Puskesmas, at least.
             */
            supervisors?: number;
            /**
             * Format: int64
             * @description Surveyors a Puskesmas, at least.
             */
            surveyors?: number;
        };
        /**
         * @description RegistrationState is where a Puskesmas stands in a registration (DOMAIN.md
         *     section 7). The whole registration's is derived: that of the Puskesmas which
         *     has come least far, withdrawn and refused ones left out while there are others.
         *
         *      - REGISTRATION_STATE_UNSPECIFIED: Not set.
         *      - REGISTRATION_STATE_DRAFT: The district draws it up.
         *      - REGISTRATION_STATE_SUBMITTED: Sent to Pusdatin, after the province's copy (tembusan) was recorded.
         *      - REGISTRATION_STATE_IN_VERIFICATION: Pusdatin checks it.
         *      - REGISTRATION_STATE_RETURNED: Came back with reasons; may be changed and submitted again.
         *      - REGISTRATION_STATE_ACCEPTED: Complete.
         *      - REGISTRATION_STATE_ACCOUNTS_ISSUED: The administrator's account waits for its activation.
         *      - REGISTRATION_STATE_DISTRIBUTED: The district has handed the activation guide over.
         *      - REGISTRATION_STATE_ACTIVATED: The administrator's account is active.
         *      - REGISTRATION_STATE_WITHDRAWN: Taken back by the district.
         *      - REGISTRATION_STATE_REFUSED: Refused by Pusdatin with a reason.
         * @default REGISTRATION_STATE_UNSPECIFIED
         * @enum {string}
         */
        RegistrationState: "REGISTRATION_STATE_UNSPECIFIED" | "REGISTRATION_STATE_DRAFT" | "REGISTRATION_STATE_SUBMITTED" | "REGISTRATION_STATE_IN_VERIFICATION" | "REGISTRATION_STATE_RETURNED" | "REGISTRATION_STATE_ACCEPTED" | "REGISTRATION_STATE_ACCOUNTS_ISSUED" | "REGISTRATION_STATE_DISTRIBUTED" | "REGISTRATION_STATE_ACTIVATED" | "REGISTRATION_STATE_WITHDRAWN" | "REGISTRATION_STATE_REFUSED";
        /**
         * @description RegistrationStep is what an entry of the timeline tells of.
         *
         *      - REGISTRATION_STEP_UNSPECIFIED: Not set.
         *      - REGISTRATION_STEP_DRAWN_UP: Was drawn up, or its list, letter or offices were changed.
         *      - REGISTRATION_STEP_COPIED: The province's copy (tembusan) was recorded.
         *      - REGISTRATION_STEP_SUBMITTED: Went to Pusdatin.
         *      - REGISTRATION_STEP_VERIFICATION_BEGUN: Verification began.
         *      - REGISTRATION_STEP_RETURNED: Came back with reasons.
         *      - REGISTRATION_STEP_ACCEPTED: Was accepted.
         *      - REGISTRATION_STEP_REFUSED: Was refused.
         *      - REGISTRATION_STEP_WITHDRAWN: Was withdrawn.
         *      - REGISTRATION_STEP_ISSUED: Accounts were issued.
         *      - REGISTRATION_STEP_DISTRIBUTED: Guides were handed over.
         *      - REGISTRATION_STEP_ACTIVATED: The administrator activated the account.
         *      - REGISTRATION_STEP_STAFF_CREATED: Accounts of supervisor, surveyors and head were made.
         *      - REGISTRATION_STEP_REPLACEMENT_PROPOSED: A replacement was proposed.
         *      - REGISTRATION_STEP_REPLACEMENT_ADMITTED: A replacement was admitted by the district.
         *      - REGISTRATION_STEP_REPLACEMENT_ACCEPTED: The form of a replacement was accepted by Pusdatin.
         *      - REGISTRATION_STEP_REPLACEMENT_REFUSED: A replacement was refused.
         * @default REGISTRATION_STEP_UNSPECIFIED
         * @enum {string}
         */
        RegistrationStep: "REGISTRATION_STEP_UNSPECIFIED" | "REGISTRATION_STEP_DRAWN_UP" | "REGISTRATION_STEP_COPIED" | "REGISTRATION_STEP_SUBMITTED" | "REGISTRATION_STEP_VERIFICATION_BEGUN" | "REGISTRATION_STEP_RETURNED" | "REGISTRATION_STEP_ACCEPTED" | "REGISTRATION_STEP_REFUSED" | "REGISTRATION_STEP_WITHDRAWN" | "REGISTRATION_STEP_ISSUED" | "REGISTRATION_STEP_DISTRIBUTED" | "REGISTRATION_STEP_ACTIVATED" | "REGISTRATION_STEP_STAFF_CREATED" | "REGISTRATION_STEP_REPLACEMENT_PROPOSED" | "REGISTRATION_STEP_REPLACEMENT_ADMITTED" | "REGISTRATION_STEP_REPLACEMENT_ACCEPTED" | "REGISTRATION_STEP_REPLACEMENT_REFUSED";
        /**
         * @description RegistryPerson is what the survey needs of a person, and nothing more that the
         *     registry may have answered. Absent fields: the registry did not say, or in
         *     words that are not known here.
         */
        RegistryPerson: {
            /**
             * @description "2019-02-28". Absent too where the registry has a date before 1900 or in the
             *     future.
             */
            birthDate?: string;
            maritalStatus?: components["schemas"]["MaritalStatus"];
            /** @description Full name as on the card, in one line, cut off after 200 characters. */
            name?: string;
            /**
             * Format: uint64
             * @description NIK, 16 digits.
             */
            nik?: string;
            relation?: components["schemas"]["Relation"];
            sex?: components["schemas"]["Sex"];
        };
        /** @description ReissueCodeRequest names an account. */
        ReissueCodeBody: Record<string, never>;
        /** @description ReissueCodeResponse carries the code. */
        ReissueCodeResponse: {
            /** @description Printable HTML page with its card. */
            cardsHtml?: string;
            issued?: components["schemas"]["IssuedAccount"];
        };
        /**
         * @description Relation to the head of the family, in the paper form's order. Inti (nuclear)
         *     is HEAD, SPOUSE and CHILD.
         *
         *      - RELATION_UNSPECIFIED: Not answered.
         *      - RELATION_HEAD: 1 Kepala Keluarga.
         *      - RELATION_SPOUSE: 2 Istri/Suami.
         *      - RELATION_CHILD: 3 Anak.
         *      - RELATION_CHILD_IN_LAW: 4 Menantu.
         *      - RELATION_GRANDCHILD: 5 Cucu.
         *      - RELATION_PARENT: 6 Orang tua/mertua.
         *      - RELATION_OTHER_RELATIVE: 7 Famili lain.
         *      - RELATION_DOMESTIC_WORKER: 8 Pembantu.
         *      - RELATION_OTHER: 9 Lainnya.
         * @default RELATION_UNSPECIFIED
         * @enum {string}
         */
        Relation: "RELATION_UNSPECIFIED" | "RELATION_HEAD" | "RELATION_SPOUSE" | "RELATION_CHILD" | "RELATION_CHILD_IN_LAW" | "RELATION_GRANDCHILD" | "RELATION_PARENT" | "RELATION_OTHER_RELATIVE" | "RELATION_DOMESTIC_WORKER" | "RELATION_OTHER";
        /**
         * @description Religion in the paper form's order.
         *
         *      - RELIGION_UNSPECIFIED: Not answered.
         *      - RELIGION_ISLAM: 1 Islam.
         *      - RELIGION_PROTESTANT: 2 Kristen.
         *      - RELIGION_CATHOLIC: 3 Katolik.
         *      - RELIGION_HINDU: 4 Hindu.
         *      - RELIGION_BUDDHIST: 5 Buddha.
         *      - RELIGION_CONFUCIAN: 6 Konghucu.
         * @default RELIGION_UNSPECIFIED
         * @enum {string}
         */
        Religion: "RELIGION_UNSPECIFIED" | "RELIGION_ISLAM" | "RELIGION_PROTESTANT" | "RELIGION_CATHOLIC" | "RELIGION_HINDU" | "RELIGION_BUDDHIST" | "RELIGION_CONFUCIAN";
        /**
         * @description Removal says why and since when a family or a member is not counted any more.
         *     Clearing the register undoes it.
         */
        Removal: {
            /** @description Local date since which it holds, "2024-05-17". Absent: since ever. */
            date?: string;
            /** @description Id (UUID text) of the family or member kept instead, with ENTERED_TWICE. */
            keptId?: string;
            /** @description Free text by the author. Absent: none. */
            note?: string;
            reason?: components["schemas"]["RemovalReason"];
            /**
             * @description What the author had seen of the removed one's other registers: for each
             *     device incarnation the highest stamp, ascending by device, incarnation. Set
             *     by the SDK. An edit that is not covered was made elsewhere unseen; it is
             *     kept and shown as a conflict with the removal. A stamp that does not lie
             *     before the change's own tells nothing of its source.
             */
            seen?: components["schemas"]["Stamp"][];
        };
        /**
         * @description RemovalReason is why a family or member is not counted any more.
         *
         *      - REMOVAL_REASON_UNSPECIFIED: Not set; refused by checks.
         *      - REMOVAL_REASON_DIED: The person died (a family: all of its members).
         *      - REMOVAL_REASON_MOVED: Moved away.
         *      - REMOVAL_REASON_ENTERED_TWICE: The same family or person had been entered twice.
         *      - REMOVAL_REASON_DELETED_AT_SOURCE: Removed in the national application before it was imported (RAW
         *     status_delete other than 0).
         *      - REMOVAL_REASON_ERASED: The person's data were lawfully erased; nothing else is left. Set by the
         *     server only: a device that writes it is refused.
         * @default REMOVAL_REASON_UNSPECIFIED
         * @enum {string}
         */
        RemovalReason: "REMOVAL_REASON_UNSPECIFIED" | "REMOVAL_REASON_DIED" | "REMOVAL_REASON_MOVED" | "REMOVAL_REASON_ENTERED_TWICE" | "REMOVAL_REASON_DELETED_AT_SOURCE" | "REMOVAL_REASON_ERASED";
        /** @description RemoveRegistrationPuskesmasResponse is empty. */
        RemoveRegistrationPuskesmasResponse: Record<string, never>;
        /** @description ResolveConflictRequest settles a register. */
        ResolveConflictBody: {
            /** @description Clears the field. */
            clear?: boolean;
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            keep?: components["schemas"]["Stamp"];
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
            /**
             * Format: byte
             * @description Digest of the state looked at, 16 bytes, as GetFamily gave it.
             */
            seenDigest?: string;
            /** @description Writes another value, protojson text. */
            valueJson?: string;
        };
        /** @description ResolveConflictResponse is where the family stands then. */
        ResolveConflictResponse: {
            /**
             * Format: uint64
             * @description Revision of the change.
             */
            revision?: string;
        };
        /** @description ReturnRegistrationRequest says of what. */
        ReturnRegistrationBody: {
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
            /** @description Reason, for whoever it is returned to. */
            reason?: string;
        };
        /** @description ReturnRegistrationResponse shows the registration. */
        ReturnRegistrationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /** @description ReviewAccessResponse is a page of the review. */
        ReviewAccessResponse: {
            /** @description Accounts that are not disabled, by number. */
            accounts?: components["schemas"]["ReviewedAccount"][];
            /**
             * Format: uint64
             * @description When it was made, milliseconds since 1970-01-01 UTC.
             */
            asOfMs?: string;
            /** @description Absent: nothing follows. */
            nextPageToken?: string;
        };
        /** @description ReviewChange is one register that is not what the last verdict judged. */
        ReviewChange: {
            /**
             * Format: byte
             * @description The field's wire form (tag and value) as judged. Absent: it was absent then, or
             *     is a NIK or No. KK of which the caller is not shown all.
             */
            before?: string;
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
        };
        /** @description ReviewConflict is among the details of an error where a verdict did not apply. */
        ReviewConflict: {
            /**
             * Format: byte
             * @description Digest of its state now, 16 bytes.
             */
            digest?: string;
            /**
             * @description Why: "STATE_CHANGED", "ALREADY_JUDGED", "NOT_SUBMITTED", "OWN_WORK",
             *     "HAS_FINDINGS", "LAST_LEFT", "FAMILY_TOO_LARGE".
             */
            reason?: string;
            review?: components["schemas"]["FamilyReview"];
            /**
             * Format: uint64
             * @description Revision of its last change.
             */
            revision?: string;
        };
        /**
         * @description ReviewDecision is a supervisor's decision on its way to the server: made in
         *     the pages, or offline on a device, where it travels behind changes and
         *     submissions. Its identity is its id: sent twice it has no second effect. On a
         *     state that merge has changed since, it is not applied, and told back.
         */
        ReviewDecision: {
            /**
             * Format: int64
             * @description Number of the account that decides; must be the session's.
             */
            author?: number;
            /**
             * @description Local date until which a returned family is to be submitted again, not before the
             *     day of made_at_ms. Absent: the server's default from the day of the decision.
             */
            dueDate?: string;
            duplicate?: components["schemas"]["DuplicateDecision"];
            /** @description Family (UUID text). */
            familyId?: string;
            /** @description Fields that it concerns. Absent: the family as a whole. */
            fields?: components["schemas"]["ReviewField"][];
            /**
             * Format: byte
             * @description Digest of the state judged, 16 bytes. Absent beside duplicate.
             */
            judgedDigest?: string;
            /**
             * Format: uint64
             * @description When it was made by the author's clock, ms since 1970-01-01 UTC.
             */
            madeAtMs?: string;
            /** @description Why returned, or why a double is dismissed; required then. */
            note?: string;
            outcome?: components["schemas"]["VerdictOutcome"];
            /**
             * @description Verdict that is overruled although nothing has changed since (UUID text):
             *     the one that stands, as the author saw it. Absent: the family is in the
             *     queue.
             */
            replacesVerdictId?: string;
            /**
             * @description It is not applied where a finding fired on the family: for approvals of many
             *     at once.
             */
            unlessFindings?: boolean;
            /** @description Id (UUID text), drawn by who decides. */
            verdictId?: string;
            /**
             * Format: int64
             * @description Number of the village.
             */
            village?: number;
        };
        /** @description ReviewDifference is one register that is not what the last verdict judged. */
        ReviewDifference: {
            /** @description Value now, as protojson text. Absent: there is none. */
            afterJson?: string;
            /** @description Value judged, as protojson text. Absent: there was none. */
            beforeJson?: string;
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            /** @description Field's name in the contract. Absent: not known to this version. */
            fieldName?: string;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Number of the question. Absent: no question. */
            question?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
        };
        /** @description ReviewedAccount is one line of an access review. */
        ReviewedAccount: {
            account?: components["schemas"]["StaffAccount"];
            /**
             * Format: int64
             * @description Devices that may sync.
             */
            devices?: number;
            /** @description What should be looked at. */
            remarks?: components["schemas"]["AccessRemark"][];
            /** @description What the roles give, an acting one too. */
            rights?: components["schemas"]["Right"][];
            /**
             * Format: int64
             * @description Sessions that can be renewed.
             */
            sessions?: number;
            /**
             * Format: uint64
             * @description Last sync of any device that went to its end; 0: never.
             */
            syncedAtMs?: string;
        };
        /** @description ReviewField names one register that a verdict concerns. */
        ReviewField: {
            /**
             * Format: int64
             * @description Field's number. 0: the whole record.
             */
            field?: number;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description What is wrong with it. Absent: the verdict's note says it. */
            note?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
        };
        /** @description ReviewItem is one family to be judged. */
        ReviewItem: {
            /**
             * Format: byte
             * @description Digest of its state, 16 bytes: what a verdict names.
             */
            digest?: string;
            family?: components["schemas"]["FamilySummary"];
            /** @description What the checks found, in the order of the form. */
            findings?: components["schemas"]["Finding"][];
            /**
             * @description Whether the caller may judge it; false where the caller collected or
             *     corrected it since the last approval, under this account or a former one.
             */
            mayJudge?: boolean;
            /** @description Whether it was returned and its due date has passed. */
            overdue?: boolean;
            review?: components["schemas"]["FamilyReview"];
            /** @description User name of who submitted it. */
            submittedByName?: string;
        };
        /**
         * @description ReviewState is where a family stands in review.
         *
         *      - REVIEW_STATE_UNSPECIFIED: Never submitted, or removed as entered twice and either returned before, or judged
         *     in the family that was kept.
         *      - REVIEW_STATE_SUBMITTED: In a batch, not judged.
         *      - REVIEW_STATE_APPROVED: Approved, and unchanged since.
         *      - REVIEW_STATE_RETURNED: Returned.
         *      - REVIEW_STATE_CHANGED_SINCE_APPROVAL: Approved once, changed since: back in the queue.
         * @default REVIEW_STATE_UNSPECIFIED
         * @enum {string}
         */
        ReviewState: "REVIEW_STATE_UNSPECIFIED" | "REVIEW_STATE_SUBMITTED" | "REVIEW_STATE_APPROVED" | "REVIEW_STATE_RETURNED" | "REVIEW_STATE_CHANGED_SINCE_APPROVAL";
        /** @description RevokeDeviceRequest names a device. */
        RevokeDeviceBody: Record<string, never>;
        /** @description RevokeDeviceResponse is empty. */
        RevokeDeviceResponse: Record<string, never>;
        /** @description RevokeFeedTokenRequest names a token. */
        RevokeFeedTokenBody: Record<string, never>;
        /** @description RevokeFeedTokenResponse is the token as it is now. */
        RevokeFeedTokenResponse: {
            token?: components["schemas"]["FeedToken"];
        };
        /**
         * @description Right is one line of the table of rights.
         *
         *      - RIGHT_UNSPECIFIED: No right needed.
         *      - RIGHT_SEE_AGGREGATES: See aggregates: progress, IKS, coverage.
         *      - RIGHT_SEE_FAMILIES: See families, identified.
         *      - RIGHT_COLLECT: Collect, edit and submit.
         *      - RIGHT_REVIEW: Review, resolve conflicts, decide quarantine, merge duplicates.
         *      - RIGHT_EXPORT_FAMILIES: Export identified data.
         *      - RIGHT_ADMINISTER: Administer the own Puskesmas: assign areas to surveyors.
         *      - RIGHT_MASTER_DATA: Change master data: areas, Puskesmas, targets.
         *      - RIGHT_READ_AUDIT: Read the audit trail: the part that the role may see.
         *      - RIGHT_READ_STAFF: Read accounts: those of the own Puskesmas, or of the own office and those
         *     that it issues.
         *      - RIGHT_ISSUE_ACCOUNTS: Issue accounts and one-time codes, disable and enable: of the own office or
         *     Puskesmas, and of offices below.
         *      - RIGHT_NAME_ACTING: Name an acting supervisor of the own Puskesmas.
         *      - RIGHT_DRAW_UP_REGISTRATION: Draw up, submit and withdraw registrations of the own district, record
         *     distribution, admit replacements.
         *      - RIGHT_DECIDE_REGISTRATION: Verify registrations, decide on them, issue their accounts, set the rules.
         *      - RIGHT_READ_REGISTRATION: Read registrations: one's own district's, those of which the own province
         *     has its copy, all that were submitted.
         *      - RIGHT_READ_NOMINEES: Read nominees: as registrations, or those of the own Puskesmas.
         *      - RIGHT_PROPOSE_REPLACEMENT: Propose a replacement for somebody of the own Puskesmas, or for an
         *     administrator in the own district.
         *      - RIGHT_LOOK_UP_REGISTRY: Look up persons and family cards in the civil registry, once the registration
         *     form is in force.
         *      - RIGHT_SET_SUPPORT: Set contacts and help text: of the nation, or of the own district.
         *      - RIGHT_SEE_DUPLICATE_CASES: See the numbers of cases of doubles that two Puskesmas cannot settle.
         *      - RIGHT_EXPORT_AGGREGATES: Export aggregates, and make tokens for feeds of them.
         * @default RIGHT_UNSPECIFIED
         * @enum {string}
         */
        Right: "RIGHT_UNSPECIFIED" | "RIGHT_SEE_AGGREGATES" | "RIGHT_SEE_FAMILIES" | "RIGHT_COLLECT" | "RIGHT_REVIEW" | "RIGHT_EXPORT_FAMILIES" | "RIGHT_ADMINISTER" | "RIGHT_MASTER_DATA" | "RIGHT_READ_AUDIT" | "RIGHT_READ_STAFF" | "RIGHT_ISSUE_ACCOUNTS" | "RIGHT_NAME_ACTING" | "RIGHT_DRAW_UP_REGISTRATION" | "RIGHT_DECIDE_REGISTRATION" | "RIGHT_READ_REGISTRATION" | "RIGHT_READ_NOMINEES" | "RIGHT_PROPOSE_REPLACEMENT" | "RIGHT_LOOK_UP_REGISTRY" | "RIGHT_SET_SUPPORT" | "RIGHT_SEE_DUPLICATE_CASES" | "RIGHT_EXPORT_AGGREGATES";
        /**
         * @description Role of an account (DOMAIN.md section 6).
         *
         *      - ROLE_UNSPECIFIED: Refused.
         *      - ROLE_NATIONAL: National level (pusat, Pusdatin).
         *      - ROLE_PROVINCE: Provincial health office.
         *      - ROLE_DISTRICT: District health office.
         *      - ROLE_PUSKESMAS_ADMINISTRATOR: Puskesmas administrator.
         *      - ROLE_PUSKESMAS_HEAD: Head of the Puskesmas.
         *      - ROLE_SUPERVISOR: Supervisor (field coordinator).
         *      - ROLE_SURVEYOR: Surveyor (Pembina Keluarga).
         * @default ROLE_UNSPECIFIED
         * @enum {string}
         */
        Role: "ROLE_UNSPECIFIED" | "ROLE_NATIONAL" | "ROLE_PROVINCE" | "ROLE_DISTRICT" | "ROLE_PUSKESMAS_ADMINISTRATOR" | "ROLE_PUSKESMAS_HEAD" | "ROLE_SUPERVISOR" | "ROLE_SURVEYOR";
        /**
         * @description Round is the ROUND record: one survey of a family with the household's
         *     answers of Prokesga Blok II and III. A correction belongs to its round and
         *     never moves its survey date; a re-survey opens a new round. Every field is a
         *     register, set by the surveyor through the SDK unless said otherwise; absence
         *     means "not answered". Counts 2a to 2f are computed, never stored.
         */
        Round: {
            cleanWater?: components["schemas"]["Answer"];
            mentalDisorder?: components["schemas"]["Answer"];
            mentalDisorderMedicine?: components["schemas"]["Answer"];
            /** @description Free remark on the household (RAW rt_keterangan). */
            note?: string;
            /**
             * @description Version of the short notice that was read aloud before the first question.
             *     Absent: not recorded.
             */
            noticeVersion?: string;
            origin?: components["schemas"]["Origin"];
            protectedWater?: components["schemas"]["Answer"];
            /**
             * @description Version of the questionnaire under which it was collected, such as
             *     "PROKESGA-2016.1"; set by the SDK. Absent: imported.
             */
            questionnaireVersion?: string;
            restrained?: components["schemas"]["Answer"];
            sanitaryToilet?: components["schemas"]["Answer"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            /** @description Name of the supervisor (Blok III, RAW supervisor). */
            supervisorName?: string;
            /**
             * @description Local date of the survey at the village, "2024-05-17", confirmed by the
             *     surveyor (Blok III). Ages and index are of this date. Required for an index.
             */
            surveyDate?: string;
            /** @description Name of the surveyor who collected it (Blok III, RAW surveyor). */
            surveyorName?: string;
            toilet?: components["schemas"]["Answer"];
            /** @description Name of who typed it in from paper, where that is not the surveyor. */
            typistName?: string;
            withdrawal?: components["schemas"]["Withdrawal"];
        };
        /** @description SaveFormRequest is what is to be saved. */
        SaveFormBody: {
            /** @description Fields to be made "not answered" again. */
            clear?: components["schemas"]["FormField"][];
            /**
             * @description Form.etag of the form that the caller looked at. A field app saves as by who saw
             *     that: what a sync has brought since stays beside it, as a conflict. Absent:
             *     unconditional, from the field app only.
             */
            etag?: string;
            /** @description Round to show afterwards (UUID text). Absent: the latest. */
            roundId?: string;
            set?: components["schemas"]["Household"];
        };
        /** @description SaveFormResponse is the form as it then is. */
        SaveFormResponse: {
            form?: components["schemas"]["Form"];
        };
        /** @description SetRegistrationLetterRequest carries a letter. */
        SetRegistrationLetterBody: {
            letter?: components["schemas"]["RegistrationLetter"];
            /**
             * Format: byte
             * @description Its PDF. Absent: the one before stays.
             */
            pdf?: string;
        };
        /** @description SetRegistrationLetterResponse shows it. */
        SetRegistrationLetterResponse: {
            letter?: components["schemas"]["RegistrationLetter"];
        };
        /** @description SetRegistrationOfficesRequest names persons; an absent one is nobody. */
        SetRegistrationOfficesBody: {
            district?: components["schemas"]["NomineePerson"];
            province?: components["schemas"]["NomineePerson"];
        };
        /** @description SetRegistrationOfficesResponse shows them. */
        SetRegistrationOfficesResponse: {
            /** @description As numbered now. */
            offices?: components["schemas"]["Nominee"][];
        };
        /** @description SetRegistrationPuskesmasRequest carries a Puskesmas with its list. */
        SetRegistrationPuskesmasBody: {
            /**
             * @description RegistrationPuskesmas.etag of the list that the caller looked at; on another
             *     one nothing is written (LIST_CHANGED). Absent: the Puskesmas is not in the
             *     registration yet.
             */
            etag?: string;
            /** @description Name. Absent: as in the master list. */
            name?: string;
            /** @description The whole list, in place of the one before. */
            nominees?: components["schemas"]["NomineePerson"][];
        };
        /** @description SetRegistrationPuskesmasResponse shows the result. */
        SetRegistrationPuskesmasResponse: {
            /** @description As numbered now. */
            nominees?: components["schemas"]["Nominee"][];
            registration?: components["schemas"]["Registration"];
        };
        /** @description SetRegistrationRulesRequest carries all of them. */
        SetRegistrationRulesRequest: {
            rules?: components["schemas"]["RegistrationRules"];
        };
        /** @description SetRegistrationRulesResponse is empty. */
        SetRegistrationRulesResponse: Record<string, never>;
        /** @description SetSupportResponse is the desk as kept. */
        SetSupportResponse: {
            desk?: components["schemas"]["SupportDesk"];
        };
        /**
         * @description Sex as on the paper form (Blok IV; 1 Pria, 2 Wanita).
         *
         *      - SEX_UNSPECIFIED: Not answered.
         *      - SEX_MALE: Pria.
         *      - SEX_FEMALE: Wanita.
         * @default SEX_UNSPECIFIED
         * @enum {string}
         */
        Sex: "SEX_UNSPECIFIED" | "SEX_MALE" | "SEX_FEMALE";
        /** @description SharedIdentifier is an identifier of the own family that another has too. */
        SharedIdentifier: {
            /** @description Member whose NIK it is (UUID text). Absent: the No. KK. */
            memberId?: string;
            /**
             * @description Member of the other family whose NIK it is (UUID text). Absent: the No. KK,
             *     or the family lies in another Puskesmas.
             */
            otherMemberId?: string;
        };
        /** @description ShownAuditEntry is an entry as people read it. */
        ShownAuditEntry: {
            entry?: components["schemas"]["AuditEntry"];
            /** @description Full name of the account's person; within the own Puskesmas alone. */
            fullName?: string;
            /** @description What it tells of, in Indonesian. */
            label?: string;
            /** @description Why it was refused or failed, in Indonesian. Absent: it was done. */
            reasonLabel?: string;
            /** @description User name of the account; within the own Puskesmas alone. */
            userName?: string;
        };
        /** @description SignInRequest is user name and password. */
        SignInRequest: {
            device?: components["schemas"]["DeviceRegistration"];
            /** @description Password. */
            password?: string;
            /** @description User name; case and blanks around it don't matter. */
            userName?: string;
        };
        /** @description SignInResponse carries tokens. */
        SignInResponse: {
            /**
             * Format: uint64
             * @description When the access token ends, milliseconds since 1970-01-01 UTC.
             */
            accessExpiresAtMs?: string;
            /** @description For "Authorization: Bearer"; lives 15 minutes. */
            accessToken?: string;
            account?: components["schemas"]["Account"];
            /**
             * Format: uint64
             * @description The server's clock, milliseconds since 1970-01-01 UTC.
             */
            clockMs?: string;
            /**
             * Format: int64
             * @description Registered number of the device. 0: none.
             */
            deviceNumber?: number;
            /**
             * Format: byte
             * @description The server's public key for escrow (HPKE X25519), 32 bytes.
             */
            escrowPublicKey?: string;
            /** @description Single use, opaque; lives 90 days from its last rotation. */
            refreshToken?: string;
        };
        /** @description SignOutRequest ends a session. */
        SignOutRequest: {
            /**
             * @description The session's present refresh token. Without a device the one before it ends
             *     the session, too; with one it is refused with reason TOKEN_INVALID, because
             *     whoever has it lacks the device's key: exchange it first.
             */
            refreshToken?: string;
        };
        /** @description SignOutResponse is empty. */
        SignOutResponse: Record<string, never>;
        /** @description SkippedNominee is somebody of whom no account was made. */
        SkippedNominee: {
            /** @description Full name, as the form gives it. */
            fullName?: string;
            /** @description Why, for people, in Indonesian. */
            message?: string;
            /**
             * Format: int64
             * @description Number of the nominee.
             */
            nominee?: number;
            reason?: components["schemas"]["FindingReason"];
        };
        /** @description SourceColumn is one carried cell. */
        SourceColumn: {
            /** @description Full column name, such as "survei_sumber". */
            name?: string;
            /** @description Cell text, trimmed, never empty. */
            value?: string;
        };
        /**
         * @description SourceColumns are cells of the national export that this system does not
         *     read, kept so that an export gives them back.
         */
        SourceColumns: {
            /** @description In the order of the file they came from; names are unique. */
            columns?: components["schemas"]["SourceColumn"][];
        };
        /** @description SourceYear is the word of one survey year's file. */
        SourceYear: {
            /**
             * Format: byte
             * @description Id of the round that the file's survey is.
             */
            roundId?: string;
            /**
             * Format: byte
             * @description Fields of the FAMILY or MEMBER record as the file had them, in wire form.
             *     Absent: none that differs. A field that neither this nor silent names is as
             *     the record shows it.
             */
            said?: string;
            /**
             * @description Numbers of fields of which the file said nothing, although the record shows
             *     something.
             */
            silent?: number[];
        };
        /**
         * @description SourceYears is what the national export's files of several survey years said
         *     of a family or a member where it is not what the record shows, so that the
         *     order in which the files come decides nothing: a newer correction of one year
         *     takes back what that year's file said, and the other years' words hold again.
         */
        SourceYears: {
            /** @description By round, in the order of their surveys; at most one for each. */
            years?: components["schemas"]["SourceYear"][];
        };
        /** @description StaffAccount is an account as those see it who may read it. */
        StaffAccount: {
            /**
             * Format: int64
             * @description Number of the account.
             */
            account?: number;
            /**
             * Format: uint64
             * @description Acts as supervisor before this instant, milliseconds since 1970-01-01 UTC.
             *     0: does not.
             */
            actingSupervisorUntilMs?: string;
            /**
             * Format: uint64
             * @description When it was last activated; 0: never.
             */
            activatedAtMs?: string;
            /** @description Area of an office. Empty: the nation, or a Puskesmas role. */
            area?: string;
            /** @description Areas of a surveyor. */
            assignedAreas?: string[];
            /**
             * Format: uint64
             * @description When the code that is out ends; 0: none is.
             */
            codeExpiresAtMs?: string;
            /**
             * Format: uint64
             * @description When it was made; 0: not known.
             */
            createdAtMs?: string;
            /** @description E-mail address, for those who may manage the account. */
            email?: string;
            /** @description Full name. */
            fullName?: string;
            /** @description Whether the caller may disable and enable it, and end its sessions and devices. */
            manageable?: boolean;
            /** @description Mobile number, for those who may manage the account. */
            mobile?: string;
            /** @description Last four digits of the NIK. Absent: none is known. */
            nikLastDigits?: string;
            /** @description Position (jabatan). */
            position?: string;
            /** @description Puskesmas. Absent above it. */
            puskesmasCode?: string;
            /** @description Whether Pusdatin accepted the person's form: Dukcapil look-ups are allowed. */
            registered?: boolean;
            /** @description Whether the caller may give it a new one-time code, while it is not disabled. */
            reissuable?: boolean;
            /** @description Roles, without an acting one. */
            roles?: components["schemas"]["Role"][];
            status?: components["schemas"]["AccountStatus"];
            /**
             * Format: uint64
             * @description Last sign-in or renewal; 0: never.
             */
            usedAtMs?: string;
            /** @description User name. */
            userName?: string;
        };
        /**
         * @description Stamp orders writes: a hybrid logical clock, compared field by field in the
         *     order given. Unique, and always increasing on one device incarnation.
         */
        Stamp: {
            /**
             * Format: int64
             * @description Tells apart stamps of one millisecond.
             */
            counter?: number;
            /**
             * Format: int64
             * @description Number under which the server registered the device.
             */
            device?: number;
            /**
             * Format: int64
             * @description Drawn anew by the device whenever its database is made, restored or found
             *     to be a copy.
             */
            incarnation?: number;
            /**
             * Format: uint64
             * @description Milliseconds since 1970-01-01 UTC: the maximum of the device's wall clock
             *     and the last stamp it has seen.
             */
            timeMs?: string;
        };
        /** @description StartFormRequest is a new family. */
        StartFormRequest: {
            family?: components["schemas"]["Family"];
            household?: components["schemas"]["Household"];
            /** @description "003/007", RW before RT; 7 = 07 = 007. */
            place?: string;
            /** @description Village, "32.04.05.2001". */
            villageCode?: string;
        };
        /** @description StartFormResponse is the form of the new family. */
        StartFormResponse: {
            form?: components["schemas"]["Form"];
            /** @description The RT is outside the caller's assignment: saved, and a supervisor decides. */
            outsideAssignment?: boolean;
        };
        /** @description StatedAge is an age told instead of a birth date (Blok IV). */
        StatedAge: {
            /**
             * @description Survey date on which it was stated, "2024-05-17". Never absent. Where the date
             *     of that round is corrected, it follows.
             */
            asOf?: string;
            /** @description Whether months were stated (under five years) rather than years. */
            inMonths?: boolean;
            /**
             * Format: int64
             * @description Age in completed months on as_of: twelve times the stated years, or the
             *     stated months under five years.
             */
            months?: number;
            stamp?: components["schemas"]["Stamp"];
        };
        /** @description StatedAges are ages told of one person at several surveys. */
        StatedAges: {
            /** @description Ascending by as_of, of which no two are equal. */
            ages?: components["schemas"]["StatedAge"][];
        };
        Status: {
            /** Format: int32 */
            code?: number;
            details?: components["schemas"]["Any"][];
            message?: string;
        };
        /** @description SubmitFormsRequest names the families of a batch. */
        SubmitFormsRequest: {
            /** @description Ids (UUID text). */
            familyIds?: string[];
            /** @description Remark for the supervisor. Absent: none. */
            note?: string;
        };
        /** @description SubmitFormsResponse names the batches; one a village. */
        SubmitFormsResponse: {
            /** @description Ids (UUID text). */
            batchIds?: string[];
        };
        /** @description SubmitRegistrationRequest names a registration. */
        SubmitRegistrationBody: {
            channel?: components["schemas"]["RegistrationChannel"];
            /** @description Note for the timeline. */
            note?: string;
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
        };
        /** @description SubmitRegistrationResponse shows the registration. */
        SubmitRegistrationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /** @description SupportContact is a person, or a desk, that users may call or write to. */
        SupportContact: {
            /** @description E-mail address. Absent: none. */
            email?: string;
            /** @description When they are there, as text: "Senin–Jumat 08.00–16.00 WIB". Absent: not said. */
            hours?: string;
            /** @description Name as shown. */
            name?: string;
            /**
             * @description Telephone. Given as people write it ("0812-3456-7890"); answered as
             *     "+6281234567890". Mobile numbers have 11 to 13 digits with their 0. Absent:
             *     none, and there is an e-mail address.
             */
            telephone?: string;
        };
        /** @description SupportDesk is what one area offers. */
        SupportDesk: {
            /** @description "id" is the nation; else a district, "32.04". */
            area?: string;
            /** @description Name of the area. Set by the server. */
            areaName?: string;
            /** @description In the order in which they are to be asked. */
            contacts?: components["schemas"]["SupportContact"][];
            /** @description Help for users, plain text with blank lines between paragraphs. */
            helpText?: string;
            /**
             * Format: uint64
             * @description When it was last set, in milliseconds since 1970. Set by the server.
             */
            updatedAtMs?: string;
        };
        /** @description SurveyorFamilies is a surveyor with known RT and families. */
        SurveyorFamilies: {
            /**
             * Format: int64
             * @description Number of the account.
             */
            account?: number;
            /**
             * Format: uint64
             * @description Families that count there.
             */
            families?: string;
            /** @description Full name. */
            fullName?: string;
            /**
             * Format: uint64
             * @description Known RT in the assigned areas. 0: nothing to do for the surveyor.
             */
            places?: string;
            /** @description User name. */
            userName?: string;
        };
        /**
         * @description SurveyorProgress is what came of one surveyor's families in a period: by how
         *     much the counts of those whose round that surveyor opened (without a round:
         *     whom that surveyor visited last) changed. A count falls where a family was
         *     removed, or left the state.
         */
        SurveyorProgress: {
            /**
             * Format: int64
             * @description Number of the account. 0: imported, or by nobody known.
             */
            account?: number;
            /**
             * Format: int64
             * @description Families approved that live here.
             */
            approved?: string;
            /**
             * Format: int64
             * @description Families with an index (inti).
             */
            complete?: string;
            /** @description Name, as the account has it. Empty for account 0. */
            name?: string;
            /**
             * Format: int64
             * @description Families returned.
             */
            returned?: string;
            /**
             * Format: int64
             * @description Families waiting for review.
             */
            submitted?: string;
            /**
             * Format: int64
             * @description Families surveyed.
             */
            surveyed?: string;
            /**
             * Format: int64
             * @description Families visited.
             */
            visited?: string;
            /**
             * Format: int64
             * @description Visits made by this surveyor.
             */
            visits?: string;
            /**
             * Format: int64
             * @description Visits that found nobody at home.
             */
            visitsNotAtHome?: string;
            /**
             * Format: int64
             * @description Visits that were refused.
             */
            visitsRefused?: string;
        };
        /**
         * @description TrendStep is how far the points of a trend lie apart.
         *
         *      - TREND_STEP_UNSPECIFIED: As DAY.
         *      - TREND_STEP_DAY: A point a day, at its end (24:00 WIB).
         *      - TREND_STEP_MONTH: A point a month, at the end of its last day, or of the last day asked for.
         * @default TREND_STEP_UNSPECIFIED
         * @enum {string}
         */
        TrendStep: "TREND_STEP_UNSPECIFIED" | "TREND_STEP_DAY" | "TREND_STEP_MONTH";
        /**
         * @description Verdict is a supervisor's judgement of one family in a batch. It names the
         *     state that it judged; on a state that merge has changed since it does not
         *     apply.
         */
        Verdict: {
            /**
             * Format: int64
             * @description Number of the account that judged.
             */
            author?: number;
            /** @description Batch (UUID text). */
            batchId?: string;
            /**
             * Format: uint64
             * @description When the server decided, ms since 1970-01-01 UTC.
             */
            decidedAtMs?: string;
            /**
             * @description Local date until which a returned family is to be submitted again,
             *     "2026-12-03". Absent with APPROVED.
             */
            dueDate?: string;
            /** @description Family (UUID text). */
            familyId?: string;
            /** @description Fields that it concerns, with RETURNED. Absent: the family as a whole. */
            fields?: components["schemas"]["ReviewField"][];
            /**
             * Format: byte
             * @description Digest of the state judged, 16 bytes.
             */
            judgedDigest?: string;
            /** @description Why returned. Absent: none. */
            note?: string;
            outcome?: components["schemas"]["VerdictOutcome"];
            /**
             * @description Verdict that it took the place of although nothing had changed since (UUID
             *     text). Absent: none.
             */
            replacesVerdictId?: string;
            /**
             * Format: uint64
             * @description Revision at which it was decided.
             */
            revision?: string;
            /** @description Id (UUID text). */
            verdictId?: string;
        };
        /** @description VerdictEntry is a verdict with who passed it. */
        VerdictEntry: {
            /** @description User name of who passed it. */
            authorName?: string;
            verdict?: components["schemas"]["Verdict"];
        };
        /**
         * @description VerdictOutcome is approved or returned.
         *
         *      - VERDICT_OUTCOME_UNSPECIFIED: Refused.
         *      - VERDICT_OUTCOME_APPROVED: Approved.
         *      - VERDICT_OUTCOME_RETURNED: Returned to the surveyor with a note.
         * @default VERDICT_OUTCOME_UNSPECIFIED
         * @enum {string}
         */
        VerdictOutcome: "VERDICT_OUTCOME_UNSPECIFIED" | "VERDICT_OUTCOME_APPROVED" | "VERDICT_OUTCOME_RETURNED";
        /**
         * @description Visit is the VISIT record: one call at the house. A family may have visits
         *     and no round. Every field is a register.
         */
        Visit: {
            /** @description Advice given (intervensi). */
            advice?: string;
            /** @description Local date, "2024-05-17". Never absent. */
            date?: string;
            /**
             * Format: uint64
             * @description End, likewise.
             */
            endedAtMs?: string;
            /**
             * Format: int64
             * @description How long the interview was interrupted between, in seconds.
             */
            interruptedSeconds?: number;
            /** @description Local date promised for the next visit. Absent: none. */
            nextVisitDate?: string;
            /** @description Free remark. */
            note?: string;
            origin?: components["schemas"]["Origin"];
            outcome?: components["schemas"]["VisitOutcome"];
            position?: components["schemas"]["Position"];
            /** @description Id (UUID text) of the round that was worked on. Absent: none. */
            roundId?: string;
            /**
             * Format: uint64
             * @description Start, milliseconds since 1970-01-01 UTC by the device's clock. Absent: not timed.
             */
            startedAtMs?: string;
            /** @description Name of the surveyor who called; set by the SDK. */
            surveyorName?: string;
        };
        /**
         * @description VisitOutcome is what came of a call at a house.
         *
         *      - VISIT_OUTCOME_UNSPECIFIED: Not set; refused by checks.
         *      - VISIT_OUTCOME_COMPLETED: Selesai.
         *      - VISIT_OUTCOME_PARTIAL: Sebagian.
         *      - VISIT_OUTCOME_NOT_AT_HOME: Tidak di rumah.
         *      - VISIT_OUTCOME_REFUSED: Menolak. Opens no round.
         *      - VISIT_OUTCOME_MOVED: Pindah.
         *      - VISIT_OUTCOME_VACANT: Rumah kosong.
         * @default VISIT_OUTCOME_UNSPECIFIED
         * @enum {string}
         */
        VisitOutcome: "VISIT_OUTCOME_UNSPECIFIED" | "VISIT_OUTCOME_COMPLETED" | "VISIT_OUTCOME_PARTIAL" | "VISIT_OUTCOME_NOT_AT_HOME" | "VISIT_OUTCOME_REFUSED" | "VISIT_OUTCOME_MOVED" | "VISIT_OUTCOME_VACANT";
        /**
         * @description Withdrawal marks a round that the family refused to go on with; see
         *     Round.withdrawal.
         */
        Withdrawal: {
            /** @description Local date, "2024-05-17". Never absent. */
            date?: string;
            /** @description Reason as told. Absent: none given. */
            note?: string;
            /**
             * @description What the author had seen of the family's registers: for each device
             *     incarnation the highest stamp, ascending by device, incarnation. Set by the SDK
             *     and the server's forms. Absent: all that there was. A stamp that does not lie
             *     before the change's own tells nothing of its source. What people read does not
             *     show it.
             */
            seen?: components["schemas"]["Stamp"][];
        };
        /** @description WithdrawRegistrationRequest says what and why. */
        WithdrawRegistrationBody: {
            /** @description Codes of Puskesmas. Empty: all of which the step is due. */
            puskesmasCodes?: string[];
            /** @description Reason, for whoever it is returned to. */
            reason?: string;
        };
        /** @description WithdrawRegistrationResponse shows the registration. */
        WithdrawRegistrationResponse: {
            registration?: components["schemas"]["Registration"];
        };
        /**
         * @description Work in the paper form's order.
         *
         *      - WORK_UNSPECIFIED: Not answered.
         *      - WORK_NONE: 1 Tidak kerja.
         *      - WORK_SCHOOL: 2 Sekolah.
         *      - WORK_PUBLIC_SERVICE: 3 PNS/TNI/Polri/BUMN/BUMD.
         *      - WORK_PRIVATE_EMPLOYEE: 4 Pegawai swasta.
         *      - WORK_SELF_EMPLOYED: 5 Wiraswasta/pedagang.
         *      - WORK_FARMER: 6 Petani.
         *      - WORK_FISHER: 7 Nelayan.
         *      - WORK_LABOURER: 8 Buruh.
         *      - WORK_OTHER: 9 Lainnya.
         * @default WORK_UNSPECIFIED
         * @enum {string}
         */
        Work: "WORK_UNSPECIFIED" | "WORK_NONE" | "WORK_SCHOOL" | "WORK_PUBLIC_SERVICE" | "WORK_PRIVATE_EMPLOYEE" | "WORK_SELF_EMPLOYED" | "WORK_FARMER" | "WORK_FISHER" | "WORK_LABOURER" | "WORK_OTHER";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    AccountService_ReviewAccess: {
        parameters: {
            query?: {
                /** @description As in ListAccountsRequest. */
                area?: string;
                /** @description As in ListAccountsRequest. */
                pageSize?: number;
                /** @description As in ListAccountsRequest. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewAccessResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_ListAccounts: {
        parameters: {
            query?: {
                /**
                 * @description Area of offices and, below it, of Puskesmas; for the national level alone.
                 *     Absent: the caller's own level.
                 */
                area?: string;
                /**
                 * @description At most so many; 0: 100; at most 1,000. A page may hold fewer
                 *     though more follow.
                 */
                pageSize?: number;
                /** @description From the page before. Absent: from the beginning. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAccountsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_Activate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ActivateRequest is what a person alone knows. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivateRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivateResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_AssignAreas: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description AssignAreasRequest carries assignments. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignAreasRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssignAreasResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_CreateStaff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description CreateStaffRequest names persons, or takes those of the registration. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateStaffRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateStaffResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_DisableAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DisableAccountBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisableAccountResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_EnableAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnableAccountBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnableAccountResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_NameActingSupervisor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the account; it must be active. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NameActingSupervisorBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NameActingSupervisorResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_ReissueCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReissueCodeBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReissueCodeResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_ListDevices: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the account. 0: the own. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDevicesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_ListSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the account. 0: the own. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSessionsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AreaService_ListAreas: {
        parameters: {
            query?: {
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
                /** @description Path of the parent; "" is the nation. */
                parent?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAreasResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_ExplainChange: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description The day whose end the change is counted from, "2024-05-17". Absent: 30 days
                 *     before the last.
                 */
                from?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode?: string;
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family that is surveyed again
                 *     in it is new to its figures, with the cause SURVEYED. Where its figures of the first
                 *     day were not kept, an error (YEARS_NOT_KEPT); where what was kept does not explain
                 *     all of the change, another (YEARS_NOT_EXPLAINED).
                 */
                surveyYear?: number;
                /**
                 * @description The last day. Absent: today. At most 366 days lie between. Of an area of more
                 *     than 2,000 villages, days that are over are explained: after.day tells the last.
                 */
                to?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Path of the area, a village or above; "id" is the nation. Either this or
                 *     puskesmas_code.
                 */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplainChangeResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    InterventionService_ListChangedFamilies: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Only movements of this cause. Absent: all.
                 *
                 *      - CHANGE_CAUSE_UNSPECIFIED: Not set.
                 *      - CHANGE_CAUSE_NEW: Surveyed for the first time.
                 *      - CHANGE_CAUSE_SURVEYED: Surveyed anew.
                 *      - CHANGE_CAUSE_CORRECTED: Corrected, or made complete.
                 *      - CHANGE_CAUSE_VERDICT: A supervisor's verdict: what moves the verified basis.
                 *      - CHANGE_CAUSE_REMOVED: Died out, deleted, or the round withdrawn.
                 *      - CHANGE_CAUSE_MOVED: Moved to another village, or members split off to a family of their own.
                 *      - CHANGE_CAUSE_MERGED: Entered twice, and counted elsewhere.
                 *      - CHANGE_CAUSE_RETURNED: What had been removed counts again.
                 *      - CHANGE_CAUSE_RULES: Recomputed, after a change of the rules.
                 */
                cause?: "CHANGE_CAUSE_UNSPECIFIED" | "CHANGE_CAUSE_NEW" | "CHANGE_CAUSE_SURVEYED" | "CHANGE_CAUSE_CORRECTED" | "CHANGE_CAUSE_VERDICT" | "CHANGE_CAUSE_REMOVED" | "CHANGE_CAUSE_MOVED" | "CHANGE_CAUSE_MERGED" | "CHANGE_CAUSE_RETURNED" | "CHANGE_CAUSE_RULES";
                /** @description As ExplainChangeRequest. */
                from?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
                /** @description Code of the caller's Puskesmas: its villages. */
                puskesmasCode?: string;
                /** @description As ExplainChangeRequest: movements in the figures of one survey year. */
                surveyYear?: number;
                /** @description Likewise. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Path of the area, down to the RT. Either this or puskesmas_code. */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListChangedFamiliesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_GetAreaIndex: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description A past day, "2024-05-17" (ending 24:00 WIB). Absent: now. */
                day?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode?: string;
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Absent: each family counts by its latest complete round
                 *     of any year. Of days before survey years were kept by day, an error (YEARS_NOT_KEPT).
                 */
                surveyYear?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Path of the area; slashes as "~" in REST addresses; "id" is the nation.
                 *     Either this or puskesmas_code.
                 */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetAreaIndexResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_ListAreaIndexes: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description A past day, "2024-05-17" (ending 24:00 WIB). Absent: now. */
                day?: string;
                /**
                 * @description Which areas: comparisons joined by " AND ", such as
                 *     `iks < 0.5 AND surveyed > 100` or `category = "TIDAK_SEHAT"`. Fields as in
                 *     order_by, and category; name takes `:` for "contains". An area without a
                 *     value, or with a withheld one, passes no comparison of it. Absent: all.
                 */
                filter?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description What to sort by, a field with " desc" behind for descending: area, name, iks,
                 *     targeted, surveyed, complete, sehat, pra_sehat, tidak_sehat, coverage_1 to
                 *     coverage_12. Areas without a value, and withheld ones, come last. Absent:
                 *     area.
                 */
                orderBy?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
                /** @description Code of a Puskesmas: the figures of its villages. */
                puskesmasCode?: string;
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Absent: each family counts by its latest complete round
                 *     of any year. Of days before survey years were kept by day, an error (YEARS_NOT_KEPT);
                 *     parts whose survey years are not counted yet are left out.
                 */
                surveyYear?: number;
            };
            header?: never;
            path: {
                /** @description Path of the parent; "id" is the nation. Either this or puskesmas_code. */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAreaIndexesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_ListIndicatorPriorities: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode?: string;
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Absent: each family counts by its latest complete round
                 *     of any year.
                 */
                surveyYear?: number;
            };
            header?: never;
            path: {
                /** @description Path of the area; "id" is the nation. Either this or puskesmas_code. */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListIndicatorPrioritiesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    InterventionService_ListPriorityFamilies: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Which families: comparisons joined by " AND ", such as
                 *     `failing > 2 AND indicator_7 = "T"`. Fields as in order_by, category, and
                 *     indicator_1 to indicator_12, whose values are Y, T and N. Absent: all of which
                 *     some indicator is T.
                 */
                filter?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description What to sort by, a field with " desc" behind for descending: iks, failing (how
                 *     many indicators are T), survey_date, area. Absent: iks, lowest first.
                 */
                orderBy?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
                /** @description Code of the caller's Puskesmas: its villages. */
                puskesmasCode?: string;
            };
            header?: never;
            path: {
                /** @description Path of the area, down to the RT. Either this or puskesmas_code. */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPriorityFamiliesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ProgressService_GetProgress: {
        parameters: {
            query?: {
                /**
                 * @description A past day, "2024-05-17" (ending 24:00 WIB), for villages and above. Absent:
                 *     now.
                 */
                day?: string;
                /** @description Code of a Puskesmas. */
                puskesmasCode?: string;
            };
            header?: never;
            path: {
                /** @description Path of the area; "id" is the nation. Either this or puskesmas_code. */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetProgressResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ProgressService_ListDailyProgress: {
        parameters: {
            query?: {
                /** @description First day, "2024-05-17". Absent: 30 days before the last. */
                from?: string;
                /** @description Code of a Puskesmas. */
                puskesmasCode?: string;
                /** @description Last day. Absent: today. At most 366 days lie between. */
                to?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Path of the area, a village or above; "id" is the nation. Either this or
                 *     puskesmas_code.
                 */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDailyProgressResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ProgressService_ListProgress: {
        parameters: {
            query?: {
                /**
                 * @description Which areas: comparisons of the same fields joined by " AND ", such as
                 *     `returned > 0 AND surveyed < 100`. Absent: all.
                 */
                filter?: string;
                /**
                 * @description What to sort by, a field with " desc" behind for descending: area, name, and
                 *     every count of GetProgressResponse. Areas without a value come last. Absent:
                 *     area.
                 */
                orderBy?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
                /** @description Code of a Puskesmas: its villages. */
                puskesmasCode?: string;
            };
            header?: never;
            path: {
                /** @description Path of the parent; "id" is the nation. Either this or puskesmas_code. */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListProgressResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_GetTrend: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description First day, "2024-05-17". Absent: 30 days, or 12 months, before the last. */
                from?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode?: string;
                /**
                 * @description Absent: DAY.
                 *
                 *      - TREND_STEP_UNSPECIFIED: As DAY.
                 *      - TREND_STEP_DAY: A point a day, at its end (24:00 WIB).
                 *      - TREND_STEP_MONTH: A point a month, at the end of its last day, or of the last day asked for.
                 */
                step?: "TREND_STEP_UNSPECIFIED" | "TREND_STEP_DAY" | "TREND_STEP_MONTH";
                /**
                 * @description The rounds of one survey year alone, such as 2025. Days before survey years were
                 *     kept by day have no point (left_out); where none has, an error (YEARS_NOT_KEPT).
                 */
                surveyYear?: number;
                /** @description Last day. Absent: today. At most 366 points lie between. */
                to?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Path of the area, a village or above; "id" is the nation. Either this or
                 *     puskesmas_code.
                 */
                area: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetTrendResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AreaService_GetArea: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its path; slashes as "~" in REST addresses ("32.04.05.2001~003~007");
                 *     "id" is the nation.
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetAreaResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_GetAssignmentGaps: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetAssignmentGapsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AuditService_ListAuditEntries: {
        parameters: {
            query?: {
                /** @description Of one account, by number. 0: of all. */
                account?: number;
                /**
                 * @description Concerning one family: by id, and the lists and pulls of the areas that it
                 *     stands in now. Only within the own Puskesmas.
                 */
                familyId?: string;
                /** @description Not before this instant, milliseconds since 1970-01-01 UTC. 0: from the first. */
                fromMs?: string;
                /**
                 * @description Of one kind. Absent: of all.
                 *
                 *      - AUDIT_KIND_UNSPECIFIED: Not recorded.
                 *      - AUDIT_KIND_SIGN_IN: Somebody signed in, activated an account, changed a password, or failed to.
                 *      - AUDIT_KIND_READ: Identified data were shown.
                 *      - AUDIT_KIND_PULL: Identified data were brought to a device.
                 *      - AUDIT_KIND_CHANGE: Changes were taken from a device, or refused.
                 *      - AUDIT_KIND_REVIEW: A supervisor decided or reviewed.
                 *      - AUDIT_KIND_ADMINISTER: Accounts, areas, devices or sessions were administered.
                 *      - AUDIT_KIND_REGISTRATION: A step of the registration procedure.
                 *      - AUDIT_KIND_LOOK_UP: A look-up in the civil registry.
                 *      - AUDIT_KIND_EXPORT: Data were exported.
                 *      - AUDIT_KIND_PERSON_RIGHT: A person's right was carried out: export, trail, restriction, erasure.
                 *      - AUDIT_KIND_OPERATE: An operator's command.
                 *      - AUDIT_KIND_ALARM: Something that should never be: a stolen token, a trail that was altered.
                 */
                kind?: "AUDIT_KIND_UNSPECIFIED" | "AUDIT_KIND_SIGN_IN" | "AUDIT_KIND_READ" | "AUDIT_KIND_PULL" | "AUDIT_KIND_CHANGE" | "AUDIT_KIND_REVIEW" | "AUDIT_KIND_ADMINISTER" | "AUDIT_KIND_REGISTRATION" | "AUDIT_KIND_LOOK_UP" | "AUDIT_KIND_EXPORT" | "AUDIT_KIND_PERSON_RIGHT" | "AUDIT_KIND_OPERATE" | "AUDIT_KIND_ALARM";
                /** @description At most this many; 0: 50, at most 1,000. */
                pageSize?: number;
                /** @description Token of the page before; absent: the first. */
                pageToken?: string;
                /** @description Before this instant. 0: to the last. */
                toMs?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAuditEntriesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_ChangePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ChangePasswordRequest carries both passwords. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePasswordResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AuthService_RefreshToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description RefreshTokenRequest presents a refresh token. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshTokenRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefreshTokenResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AuthService_SignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SignInRequest is user name and password. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AuthService_SignOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SignOutRequest ends a session. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignOutRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignOutResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AuthService_GetSelf: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetSelfResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    BackupService_DeliverBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description DeliverBackupRequest carries one part of a backup file. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeliverBackupRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliverBackupResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    CivilRegistryService_LookUpFamilyCard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description LookUpFamilyCardRequest names a card. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["LookUpFamilyCardRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LookUpFamilyCardResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    CivilRegistryService_LookUpPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description LookUpPersonRequest names a person. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["LookUpPersonRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LookUpPersonResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_ListConflicts: {
        parameters: {
            query?: {
                /** @description Path of a village, RW or RT. Absent: everything the caller may see. */
                area?: string;
                /** @description At most 1000; 0 means 100 families. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListConflictsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_RevokeDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Registered number. */
                device: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokeDeviceBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokeDeviceResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_GetDeviceHoldings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Registered number. */
                device: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetDeviceHoldingsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_ListDuplicates: {
        parameters: {
            query?: {
                /** @description Path of a village, RW or RT. Absent: everything the caller may see. */
                area?: string;
                /** @description Also what was dismissed. */
                includeDismissed?: boolean;
                /** @description At most 1000 families; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDuplicatesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_ListDuplicateCases: {
        parameters: {
            query?: {
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDuplicateCasesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ExportService_ListExports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListExportsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ExportService_GetExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                exportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetExportResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ExportService_ExportFamilies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ExportFamiliesRequest says which families, and why. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportFamiliesRequest"];
            };
        };
        responses: {
            /** @description A successful response.(streaming responses) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ExportService_ExportFigures: {
        parameters: {
            query?: {
                /**
                 * @description Path of the area whose parts are the rows, or whose trend; "id" is the
                 *     nation. Either this or puskesmas_code.
                 */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL. Not of PROGRESS.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description A past day, "2024-05-17" (ending 24:00 WIB). Absent: now. Not of trends. */
                day?: string;
                /**
                 * @description Absent: CSV.
                 *
                 *      - FILE_FORMAT_UNSPECIFIED: As CSV.
                 *      - FILE_FORMAT_CSV: Comma-separated values.
                 *      - FILE_FORMAT_XLSX: A workbook.
                 *      - FILE_FORMAT_JSON: JSON; of figures alone.
                 */
                format?: "FILE_FORMAT_UNSPECIFIED" | "FILE_FORMAT_CSV" | "FILE_FORMAT_XLSX" | "FILE_FORMAT_JSON";
                /** @description First day of a trend. Absent: as GetTrend. */
                from?: string;
                /**
                 * @description Absent: INDEX.
                 *
                 *      - FIGURES_KIND_UNSPECIFIED: As INDEX.
                 *      - FIGURES_KIND_INDEX: IKS, categories and coverage of areas, as ListAreaIndexes.
                 *      - FIGURES_KIND_PROGRESS: Status of collection of areas, as ListProgress.
                 *      - FIGURES_KIND_TREND_BY_DAY: IKS, categories and coverage of one area by day, as GetTrend.
                 *      - FIGURES_KIND_TREND_BY_MONTH: Likewise by month.
                 */
                kind?: "FIGURES_KIND_UNSPECIFIED" | "FIGURES_KIND_INDEX" | "FIGURES_KIND_PROGRESS" | "FIGURES_KIND_TREND_BY_DAY" | "FIGURES_KIND_TREND_BY_MONTH";
                /**
                 * @description Absent: PARTS. Not of trends.
                 *
                 *      - FIGURES_LEVEL_UNSPECIFIED: As PARTS.
                 *      - FIGURES_LEVEL_PARTS: The areas right below.
                 *      - FIGURES_LEVEL_PROVINCE: All provinces, districts, kecamatan or villages below; of a Puskesmas its
                 *     villages.
                 *      - FIGURES_LEVEL_DISTRICT: Likewise.
                 *      - FIGURES_LEVEL_KECAMATAN: Likewise.
                 *      - FIGURES_LEVEL_VILLAGE: Likewise.
                 */
                level?: "FIGURES_LEVEL_UNSPECIFIED" | "FIGURES_LEVEL_PARTS" | "FIGURES_LEVEL_PROVINCE" | "FIGURES_LEVEL_DISTRICT" | "FIGURES_LEVEL_KECAMATAN" | "FIGURES_LEVEL_VILLAGE";
                /**
                 * @description Absent: INTI. Not of PROGRESS.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description Code of a Puskesmas. */
                puskesmasCode?: string;
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Not of PROGRESS. Areas and days whose survey years are
                 *     not known have no row; where none has, an error. Absent: each family counts by its
                 *     latest complete round of any year.
                 */
                surveyYear?: number;
                /** @description Last day of a trend. Absent: today. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response.(streaming responses) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReportService_ExportPuskesmasReport: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description As in GetPuskesmasReportRequest. */
                period?: string;
            };
            header?: never;
            path: {
                /** @description Code of the Puskesmas. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response.(streaming responses) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_ListFamilies: {
        parameters: {
            query?: {
                /** @description Path of a village, RW or RT. Absent: everything the caller may see. */
                area?: string;
                /** @description Those too that are not counted any more: removed or moved away. */
                includeRemoved?: boolean;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListFamiliesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_GetFamily: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetFamilyResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_DecideDuplicate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Family, as ListDuplicates named it (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecideDuplicateBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecideDuplicateResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReviewService_JudgeFamily: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Family (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JudgeFamilyBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JudgeFamilyResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_MergeFamily: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The one that goes (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeFamilyBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergeFamilyResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_ResolveConflict: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Family (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveConflictBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResolveConflictResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReviewService_GetReviewDifferences: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetReviewDifferencesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_ListFamilyHistory: {
        parameters: {
            query?: {
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /** @description Its id (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListFamilyHistoryResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReviewService_ListVerdicts: {
        parameters: {
            query?: {
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /** @description Its id (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListVerdictsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FeedService_GetFeed: {
        parameters: {
            query?: {
                /**
                 * @description Path of the area whose parts are the rows, or whose trend; "id" is the
                 *     nation. Either this or puskesmas_code.
                 */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL. Not of PROGRESS.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description A past day, "2024-05-17" (ending 24:00 WIB). Absent: now. Not of trends. */
                day?: string;
                /**
                 * @description Absent: CSV.
                 *
                 *      - FILE_FORMAT_UNSPECIFIED: As CSV.
                 *      - FILE_FORMAT_CSV: Comma-separated values.
                 *      - FILE_FORMAT_XLSX: A workbook.
                 *      - FILE_FORMAT_JSON: JSON; of figures alone.
                 */
                format?: "FILE_FORMAT_UNSPECIFIED" | "FILE_FORMAT_CSV" | "FILE_FORMAT_XLSX" | "FILE_FORMAT_JSON";
                /** @description First day of a trend. Absent: as GetTrend. */
                from?: string;
                /**
                 * @description Absent: INDEX.
                 *
                 *      - FIGURES_KIND_UNSPECIFIED: As INDEX.
                 *      - FIGURES_KIND_INDEX: IKS, categories and coverage of areas, as ListAreaIndexes.
                 *      - FIGURES_KIND_PROGRESS: Status of collection of areas, as ListProgress.
                 *      - FIGURES_KIND_TREND_BY_DAY: IKS, categories and coverage of one area by day, as GetTrend.
                 *      - FIGURES_KIND_TREND_BY_MONTH: Likewise by month.
                 */
                kind?: "FIGURES_KIND_UNSPECIFIED" | "FIGURES_KIND_INDEX" | "FIGURES_KIND_PROGRESS" | "FIGURES_KIND_TREND_BY_DAY" | "FIGURES_KIND_TREND_BY_MONTH";
                /**
                 * @description Absent: PARTS. Not of trends.
                 *
                 *      - FIGURES_LEVEL_UNSPECIFIED: As PARTS.
                 *      - FIGURES_LEVEL_PARTS: The areas right below.
                 *      - FIGURES_LEVEL_PROVINCE: All provinces, districts, kecamatan or villages below; of a Puskesmas its
                 *     villages.
                 *      - FIGURES_LEVEL_DISTRICT: Likewise.
                 *      - FIGURES_LEVEL_KECAMATAN: Likewise.
                 *      - FIGURES_LEVEL_VILLAGE: Likewise.
                 */
                level?: "FIGURES_LEVEL_UNSPECIFIED" | "FIGURES_LEVEL_PARTS" | "FIGURES_LEVEL_PROVINCE" | "FIGURES_LEVEL_DISTRICT" | "FIGURES_LEVEL_KECAMATAN" | "FIGURES_LEVEL_VILLAGE";
                /**
                 * @description Absent: INTI. Not of PROGRESS.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description Code of a Puskesmas. */
                puskesmasCode?: string;
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Not of PROGRESS. Areas and days whose survey years are
                 *     not known have no row; where none has, an error. Absent: each family counts by its
                 *     latest complete round of any year.
                 */
                surveyYear?: number;
                /** @description Last day of a trend. Absent: today. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response.(streaming responses) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FeedService_ListFeedTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListFeedTokensResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FeedService_CreateFeedToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description CreateFeedTokenRequest describes a token. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateFeedTokenRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateFeedTokenResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FeedService_RevokeFeedToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                tokenNumber: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokeFeedTokenBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokeFeedTokenResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FormService_StartForm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description StartFormRequest is a new family. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartFormRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartFormResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FormService_ListHouseholds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ListHouseholdsRequest bounds a list. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListHouseholdsRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListHouseholdsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FormService_SubmitForms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SubmitFormsRequest names the families of a batch. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitFormsRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmitFormsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FormService_GetForm: {
        parameters: {
            query?: {
                /** @description Round to show (UUID text). Absent: the latest. */
                roundId?: string;
            };
            header?: never;
            path: {
                /** @description Id (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetFormResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FormService_SaveForm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Family (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveFormBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SaveFormResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_ListNominees: {
        parameters: {
            query?: {
                /** @description At most so many; 0: 100; at most 1,000. */
                pageSize?: number;
                /** @description From the page before. Absent: from the beginning. */
                pageToken?: string;
                /** @description Code of the Puskesmas. */
                puskesmasCode?: string;
                /** @description One registration. 0: all that the caller may see. */
                registration?: number;
                /**
                 * @description In this standing.
                 *
                 *      - NOMINEE_STANDING_UNSPECIFIED: Not set.
                 *      - NOMINEE_STANDING_NOMINATED: Stands in the list; not decided yet.
                 *      - NOMINEE_STANDING_PROPOSED: Proposed by the administrator in place of somebody.
                 *      - NOMINEE_STANDING_ADMITTED: Admitted by the district: may have an account, but no Dukcapil look-ups.
                 *      - NOMINEE_STANDING_ACCEPTED: The form was accepted by Pusdatin: Dukcapil look-ups are allowed.
                 *      - NOMINEE_STANDING_REPLACED: Somebody else has taken the place: the form is in force no more.
                 *      - NOMINEE_STANDING_REFUSED: Not admitted or not accepted.
                 */
                standing?: "NOMINEE_STANDING_UNSPECIFIED" | "NOMINEE_STANDING_NOMINATED" | "NOMINEE_STANDING_PROPOSED" | "NOMINEE_STANDING_ADMITTED" | "NOMINEE_STANDING_ACCEPTED" | "NOMINEE_STANDING_REPLACED" | "NOMINEE_STANDING_REFUSED";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListNomineesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_FindNominees: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description FindNomineesRequest carries one of three. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["FindNomineesRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FindNomineesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_AcceptReplacement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the nominee. */
                nominee: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptReplacementBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptReplacementResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_AdmitReplacement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the nominee. */
                nominee: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdmitReplacementBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdmitReplacementResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_ProposeReplacement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Nominee whose place is to be taken. */
                nominee: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposeReplacementBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposeReplacementResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_RefuseReplacement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the nominee. */
                nominee: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefuseReplacementBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefuseReplacementResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ProgressService_ListSurveyorProgress: {
        parameters: {
            query?: {
                /** @description A village of the Puskesmas, by path. Absent: all of them. */
                area?: string;
                /** @description First day, "2024-05-17". Absent: since ever. */
                from?: string;
                /** @description Last day. Absent: today. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSurveyorProgressResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AreaService_ListPuskesmas: {
        parameters: {
            query?: {
                /** @description District or province. Absent: all that the caller may see. */
                area?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPuskesmasResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_ExplainChange2: {
        parameters: {
            query?: {
                /**
                 * @description Path of the area, a village or above; "id" is the nation. Either this or
                 *     puskesmas_code.
                 */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description The day whose end the change is counted from, "2024-05-17". Absent: 30 days
                 *     before the last.
                 */
                from?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family that is surveyed again
                 *     in it is new to its figures, with the cause SURVEYED. Where its figures of the first
                 *     day were not kept, an error (YEARS_NOT_KEPT); where what was kept does not explain
                 *     all of the change, another (YEARS_NOT_EXPLAINED).
                 */
                surveyYear?: number;
                /**
                 * @description The last day. Absent: today. At most 366 days lie between. Of an area of more
                 *     than 2,000 villages, days that are over are explained: after.day tells the last.
                 */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplainChangeResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    InterventionService_ListChangedFamilies2: {
        parameters: {
            query?: {
                /** @description Path of the area, down to the RT. Either this or puskesmas_code. */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Only movements of this cause. Absent: all.
                 *
                 *      - CHANGE_CAUSE_UNSPECIFIED: Not set.
                 *      - CHANGE_CAUSE_NEW: Surveyed for the first time.
                 *      - CHANGE_CAUSE_SURVEYED: Surveyed anew.
                 *      - CHANGE_CAUSE_CORRECTED: Corrected, or made complete.
                 *      - CHANGE_CAUSE_VERDICT: A supervisor's verdict: what moves the verified basis.
                 *      - CHANGE_CAUSE_REMOVED: Died out, deleted, or the round withdrawn.
                 *      - CHANGE_CAUSE_MOVED: Moved to another village, or members split off to a family of their own.
                 *      - CHANGE_CAUSE_MERGED: Entered twice, and counted elsewhere.
                 *      - CHANGE_CAUSE_RETURNED: What had been removed counts again.
                 *      - CHANGE_CAUSE_RULES: Recomputed, after a change of the rules.
                 */
                cause?: "CHANGE_CAUSE_UNSPECIFIED" | "CHANGE_CAUSE_NEW" | "CHANGE_CAUSE_SURVEYED" | "CHANGE_CAUSE_CORRECTED" | "CHANGE_CAUSE_VERDICT" | "CHANGE_CAUSE_REMOVED" | "CHANGE_CAUSE_MOVED" | "CHANGE_CAUSE_MERGED" | "CHANGE_CAUSE_RETURNED" | "CHANGE_CAUSE_RULES";
                /** @description As ExplainChangeRequest. */
                from?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
                /** @description As ExplainChangeRequest: movements in the figures of one survey year. */
                surveyYear?: number;
                /** @description Likewise. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Code of the caller's Puskesmas: its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListChangedFamiliesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_GetAreaIndex2: {
        parameters: {
            query?: {
                /**
                 * @description Path of the area; slashes as "~" in REST addresses; "id" is the nation.
                 *     Either this or puskesmas_code.
                 */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description A past day, "2024-05-17" (ending 24:00 WIB). Absent: now. */
                day?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Absent: each family counts by its latest complete round
                 *     of any year. Of days before survey years were kept by day, an error (YEARS_NOT_KEPT).
                 */
                surveyYear?: number;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetAreaIndexResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_ListAreaIndexes2: {
        parameters: {
            query?: {
                /** @description Path of the parent; "id" is the nation. Either this or puskesmas_code. */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description A past day, "2024-05-17" (ending 24:00 WIB). Absent: now. */
                day?: string;
                /**
                 * @description Which areas: comparisons joined by " AND ", such as
                 *     `iks < 0.5 AND surveyed > 100` or `category = "TIDAK_SEHAT"`. Fields as in
                 *     order_by, and category; name takes `:` for "contains". An area without a
                 *     value, or with a withheld one, passes no comparison of it. Absent: all.
                 */
                filter?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description What to sort by, a field with " desc" behind for descending: area, name, iks,
                 *     targeted, surveyed, complete, sehat, pra_sehat, tidak_sehat, coverage_1 to
                 *     coverage_12. Areas without a value, and withheld ones, come last. Absent:
                 *     area.
                 */
                orderBy?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Absent: each family counts by its latest complete round
                 *     of any year. Of days before survey years were kept by day, an error (YEARS_NOT_KEPT);
                 *     parts whose survey years are not counted yet are left out.
                 */
                surveyYear?: number;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas: the figures of its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAreaIndexesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_ListIndicatorPriorities2: {
        parameters: {
            query?: {
                /** @description Path of the area; "id" is the nation. Either this or puskesmas_code. */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description The rounds of one survey year alone, such as 2025: a family counts by the latest
                 *     complete one of that year. Absent: each family counts by its latest complete round
                 *     of any year.
                 */
                surveyYear?: number;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListIndicatorPrioritiesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    InterventionService_ListPriorityFamilies2: {
        parameters: {
            query?: {
                /** @description Path of the area, down to the RT. Either this or puskesmas_code. */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Which families: comparisons joined by " AND ", such as
                 *     `failing > 2 AND indicator_7 = "T"`. Fields as in order_by, category, and
                 *     indicator_1 to indicator_12, whose values are Y, T and N. Absent: all of which
                 *     some indicator is T.
                 */
                filter?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description What to sort by, a field with " desc" behind for descending: iks, failing (how
                 *     many indicators are T), survey_date, area. Absent: iks, lowest first.
                 */
                orderBy?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /** @description Code of the caller's Puskesmas: its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPriorityFamiliesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ProgressService_GetProgress2: {
        parameters: {
            query?: {
                /** @description Path of the area; "id" is the nation. Either this or puskesmas_code. */
                area?: string;
                /**
                 * @description A past day, "2024-05-17" (ending 24:00 WIB), for villages and above. Absent:
                 *     now.
                 */
                day?: string;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetProgressResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ProgressService_ListDailyProgress2: {
        parameters: {
            query?: {
                /**
                 * @description Path of the area, a village or above; "id" is the nation. Either this or
                 *     puskesmas_code.
                 */
                area?: string;
                /** @description First day, "2024-05-17". Absent: 30 days before the last. */
                from?: string;
                /** @description Last day. Absent: today. At most 366 days lie between. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDailyProgressResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ProgressService_ListProgress2: {
        parameters: {
            query?: {
                /** @description Path of the parent; "id" is the nation. Either this or puskesmas_code. */
                area?: string;
                /**
                 * @description Which areas: comparisons of the same fields joined by " AND ", such as
                 *     `returned > 0 AND surveyed < 100`. Absent: all.
                 */
                filter?: string;
                /**
                 * @description What to sort by, a field with " desc" behind for descending: area, name, and
                 *     every count of GetProgressResponse. Areas without a value come last. Absent:
                 *     area.
                 */
                orderBy?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before; everything else as it was then. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas: its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListProgressResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReportService_GetPuskesmasReport: {
        parameters: {
            query?: {
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /** @description A month, "2026-11", or a quarter, "2026-Q4". Absent: the month under way. */
                period?: string;
            };
            header?: never;
            path: {
                /** @description Code of the Puskesmas. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetPuskesmasReportResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    IndexService_GetTrend2: {
        parameters: {
            query?: {
                /**
                 * @description Path of the area, a village or above; "id" is the nation. Either this or
                 *     puskesmas_code.
                 */
                area?: string;
                /**
                 * @description Absent: PROVISIONAL.
                 *
                 *      - BASIS_UNSPECIFIED: As PROVISIONAL.
                 *      - BASIS_PROVISIONAL: The current state.
                 *      - BASIS_VERIFIED: Each family as last approved.
                 */
                basis?: "BASIS_UNSPECIFIED" | "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
                /** @description First day, "2024-05-17". Absent: 30 days, or 12 months, before the last. */
                from?: string;
                /**
                 * @description Absent: INTI.
                 *
                 *      - MEMBERSHIP_UNSPECIFIED: As INTI.
                 *      - MEMBERSHIP_INTI: Nuclear family: head, spouse, children. The rule for area figures.
                 *      - MEMBERSHIP_BESAR: All members.
                 */
                membership?: "MEMBERSHIP_UNSPECIFIED" | "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
                /**
                 * @description Absent: DAY.
                 *
                 *      - TREND_STEP_UNSPECIFIED: As DAY.
                 *      - TREND_STEP_DAY: A point a day, at its end (24:00 WIB).
                 *      - TREND_STEP_MONTH: A point a month, at the end of its last day, or of the last day asked for.
                 */
                step?: "TREND_STEP_UNSPECIFIED" | "TREND_STEP_DAY" | "TREND_STEP_MONTH";
                /**
                 * @description The rounds of one survey year alone, such as 2025. Days before survey years were
                 *     kept by day have no point (left_out); where none has, an error (YEARS_NOT_KEPT).
                 */
                surveyYear?: number;
                /** @description Last day. Absent: today. At most 366 points lie between. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Code of a Puskesmas: the sum over its villages. */
                puskesmasCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetTrendResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_ListQuarantine: {
        parameters: {
            query?: {
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListQuarantineResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FamilyService_DecideQuarantine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The change (UUID text). */
                changeId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecideQuarantineBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecideQuarantineResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    FormService_GetQuestionnaire: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetQuestionnaireResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_GetRegistrationForm: {
        parameters: {
            query?: {
                /**
                 * @description Which paper.
                 *
                 *      - REGISTRATION_FORM_KIND_UNSPECIFIED: Not set: as XLSX.
                 *      - REGISTRATION_FORM_KIND_XLSX: The form, as a workbook.
                 *      - REGISTRATION_FORM_KIND_CSV: The form, as CSV.
                 *      - REGISTRATION_FORM_KIND_LETTER: The letter's template, as RTF.
                 */
                kind?: "REGISTRATION_FORM_KIND_UNSPECIFIED" | "REGISTRATION_FORM_KIND_XLSX" | "REGISTRATION_FORM_KIND_CSV" | "REGISTRATION_FORM_KIND_LETTER";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetRegistrationFormResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_GetRegistrationRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetRegistrationRulesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_SetRegistrationRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SetRegistrationRulesRequest carries all of them. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetRegistrationRulesRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetRegistrationRulesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_ListRegistrations: {
        parameters: {
            query?: {
                /** @description Province or district, by code. Absent: all that the caller may see. */
                area?: string;
                /** @description Those with a letter of this number. */
                letterNumber?: string;
                /** @description At most so many; 0: 100; at most 1,000. */
                pageSize?: number;
                /** @description From the page before. Absent: from the beginning. */
                pageToken?: string;
                /** @description Those with this Puskesmas. */
                puskesmasCode?: string;
                /**
                 * @description Those with a Puskesmas in this state.
                 *
                 *      - REGISTRATION_STATE_UNSPECIFIED: Not set.
                 *      - REGISTRATION_STATE_DRAFT: The district draws it up.
                 *      - REGISTRATION_STATE_SUBMITTED: Sent to Pusdatin, after the province's copy (tembusan) was recorded.
                 *      - REGISTRATION_STATE_IN_VERIFICATION: Pusdatin checks it.
                 *      - REGISTRATION_STATE_RETURNED: Came back with reasons; may be changed and submitted again.
                 *      - REGISTRATION_STATE_ACCEPTED: Complete.
                 *      - REGISTRATION_STATE_ACCOUNTS_ISSUED: The administrator's account waits for its activation.
                 *      - REGISTRATION_STATE_DISTRIBUTED: The district has handed the activation guide over.
                 *      - REGISTRATION_STATE_ACTIVATED: The administrator's account is active.
                 *      - REGISTRATION_STATE_WITHDRAWN: Taken back by the district.
                 *      - REGISTRATION_STATE_REFUSED: Refused by Pusdatin with a reason.
                 */
                state?: "REGISTRATION_STATE_UNSPECIFIED" | "REGISTRATION_STATE_DRAFT" | "REGISTRATION_STATE_SUBMITTED" | "REGISTRATION_STATE_IN_VERIFICATION" | "REGISTRATION_STATE_RETURNED" | "REGISTRATION_STATE_ACCEPTED" | "REGISTRATION_STATE_ACCOUNTS_ISSUED" | "REGISTRATION_STATE_DISTRIBUTED" | "REGISTRATION_STATE_ACTIVATED" | "REGISTRATION_STATE_WITHDRAWN" | "REGISTRATION_STATE_REFUSED";
                /** @description Only what waits for Pusdatin, longest waiting first. */
                waiting?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRegistrationsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_CreateRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description CreateRegistrationRequest says of what; the district is the caller's. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRegistrationRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_ReceiveRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ReceiveRegistrationRequest carries what came. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReceiveRegistrationRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReceiveRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_GetRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_AcceptRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptRegistrationBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_BeginVerification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginVerificationBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BeginVerificationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_IssueRegistrationAccounts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IssueRegistrationAccountsBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssueRegistrationAccountsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_RecordRegistrationCopy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordRegistrationCopyBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordRegistrationCopyResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_RecordDistribution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordDistributionBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordDistributionResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_RefuseRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefuseRegistrationBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefuseRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_ReturnRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReturnRegistrationBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReturnRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_SubmitRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitRegistrationBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmitRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_WithdrawRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WithdrawRegistrationBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_ListRegistrationEvents: {
        parameters: {
            query?: {
                /** @description At most so many; 0: 100; at most 1,000. */
                pageSize?: number;
                /** @description From the page before. Absent: from the beginning. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRegistrationEventsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_CheckRegistration: {
        parameters: {
            query?: {
                /** @description One Puskesmas of it. Absent: all. */
                puskesmasCode?: string;
            };
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckRegistrationResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_GetRegistrationLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetRegistrationLetterResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_SetRegistrationLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetRegistrationLetterBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetRegistrationLetterResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_SetRegistrationOffices: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetRegistrationOfficesBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetRegistrationOfficesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_GetActivationPackage: {
        parameters: {
            query?: {
                /**
                 * @description How it comes.
                 *
                 *      - PACKAGE_FORMAT_UNSPECIFIED: Not set: as PDF.
                 *      - PACKAGE_FORMAT_PDF: PDF.
                 *      - PACKAGE_FORMAT_HTML: Printable HTML page.
                 *      - PACKAGE_FORMAT_CSV: CSV, a line an account, for offices that print their own guides.
                 */
                format?: "PACKAGE_FORMAT_UNSPECIFIED" | "PACKAGE_FORMAT_PDF" | "PACKAGE_FORMAT_HTML" | "PACKAGE_FORMAT_CSV";
            };
            header?: never;
            path: {
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetActivationPackageResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_SetRegistrationPuskesmas: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Code of the Puskesmas. */
                puskesmasCode: string;
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetRegistrationPuskesmasBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetRegistrationPuskesmasResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    RegistrationService_RemoveRegistrationPuskesmas: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Code of the Puskesmas. */
                puskesmasCode: string;
                /** @description Number of the registration. */
                registration: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemoveRegistrationPuskesmasResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReviewService_ApproveFamilies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ApproveFamiliesRequest names families with the states seen. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveFamiliesRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproveFamiliesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReviewService_ListBatches: {
        parameters: {
            query?: {
                /** @description Path of a village. Absent: everything the caller may see. */
                area?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
                /**
                 * @description Only batches in this state. Absent: any.
                 *
                 *      - BATCH_STATE_UNSPECIFIED: Refused.
                 *      - BATCH_STATE_OPEN: Submitted on the device, not uploaded.
                 *      - BATCH_STATE_UPLOADED: With the server.
                 *      - BATCH_STATE_IN_REVIEW: A supervisor has judged part of it.
                 *      - BATCH_STATE_APPROVED: Every family approved.
                 *      - BATCH_STATE_RETURNED: Every family returned.
                 *      - BATCH_STATE_PARTLY_RETURNED: Every family judged, some returned.
                 *      - BATCH_STATE_REPLACED: Every family was submitted again, in later batches, before it was judged, or is
                 *     judged in the one that it was merged into.
                 *      - BATCH_STATE_NOT_TAKEN: None of its families came into the queue, nor does work on one of them wait for
                 *     a supervisor: each says why (NotQueued).
                 */
                state?: "BATCH_STATE_UNSPECIFIED" | "BATCH_STATE_OPEN" | "BATCH_STATE_UPLOADED" | "BATCH_STATE_IN_REVIEW" | "BATCH_STATE_APPROVED" | "BATCH_STATE_RETURNED" | "BATCH_STATE_PARTLY_RETURNED" | "BATCH_STATE_REPLACED" | "BATCH_STATE_NOT_TAKEN";
                /** @description Number of the account that submitted. 0: any. */
                surveyor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListBatchesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReviewService_GetBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id (UUID text). */
                batchId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetBatchResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    ReviewService_ListReviewQueue: {
        parameters: {
            query?: {
                /** @description Path of a village, RW or RT. Absent: everything the caller may see. */
                area?: string;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
                /**
                 * @description Returned families instead of those that wait, longest returned first: what
                 *     surveyors have yet to correct.
                 */
                returned?: boolean;
                /** @description Number of the account that submitted. 0: any. */
                surveyor?: number;
                /**
                 * @description Only what has waited since before this instant, ms since 1970-01-01 UTC. 0:
                 *     any.
                 */
                waitingBeforeMs?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListReviewQueueResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AccountService_EndSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id, hexadecimal. */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndSessionBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndSessionResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    SupportService_GetSupport: {
        parameters: {
            query?: {
                /** @description A district whose desk is shown too. Absent: the caller's own. */
                area?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetSupportResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    SupportService_SetSupport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description "id" is the nation; else a district, "32.04". */
                "desk.area": string;
            };
            cookie?: never;
        };
        /** @description The desk; area_name and updated_at_ms are not read. */
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the area. Set by the server. */
                    areaName?: string;
                    /** @description In the order in which they are to be asked. */
                    contacts?: components["schemas"]["SupportContact"][];
                    /** @description Help for users, plain text with blank lines between paragraphs. */
                    helpText?: string;
                    /**
                     * Format: uint64
                     * @description When it was last set, in milliseconds since 1970. Set by the server.
                     */
                    updatedAtMs?: string;
                };
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetSupportResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
}
