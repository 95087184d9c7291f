/// A closed list of words: the enum, every value, the word, and reading it back.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $wrong:literal, { $($(#[$each:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub enum $name {
            $($(#[$each])* $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its word, as in the table, the log and the interfaces.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = fairway_domain::IdError;

            fn from_str(text: &str) -> Result<Self, fairway_domain::IdError> {
                let found = Self::ALL.iter().find(|one| one.as_str() == text);
                found.copied().ok_or(fairway_domain::IdError($wrong))
            }
        }

        impl TryFrom<String> for $name {
            type Error = fairway_domain::IdError;

            fn try_from(text: String) -> Result<Self, fairway_domain::IdError> {
                text.parse()
            }
        }
    };
}
pub(super) use words;

words!(
    /// Whatever can be asked of Fairway. Each public verb of the service declares one.
    Verb, "a verb is one of those of the permission table", {
        /// Send a file.
        SubmissionLand = "submission.land",
        /// See which files were sent.
        SubmissionList = "submission.list",
        /// See where a file stands.
        SubmissionShow = "submission.show",
        /// See what the check found.
        SubmissionFindings = "submission.findings",
        /// Confirm what the check found.
        SubmissionAccept = "submission.accept",
        /// See which traces wait for a person.
        TraceHeld = "trace.held",
        /// Take the answers of a held trace.
        TraceApprove = "trace.approve",
        /// Have a trace made anew.
        TraceReject = "trace.reject",
        /// Do what is queued.
        WorkRun = "work.run",
        /// See where everything stands.
        CentreOverview = "centre.overview",
        /// See the organisations.
        OrganisationList = "organisation.list",
        /// Import lists of organisations.
        OrganisationImport = "organisation.import",
        /// Record what an organisation has shown of its contract and its security.
        OrganisationAssure = "organisation.assure",
        /// See notices, applications and agreements.
        GovernanceRead = "governance.read",
        /// Record Directions, issue and serve notices, answer queries about them.
        NoticeIssue = "notice.issue",
        /// Query or acknowledge a notice.
        NoticeAnswer = "notice.answer",
        /// Write an application and hand it in.
        ApplicationWrite = "application.write",
        /// Return, advise on and decide an application.
        ApplicationDecide = "application.decide",
        /// Register agreements, issue them, put them into force, and see to their end.
        AgreementKeep = "agreement.keep",
        /// Sign or confirm an agreement, or certify destruction under it.
        AgreementSign = "agreement.sign",
        /// Suspend or revoke an agreement.
        AgreementStop = "agreement.stop",
        /// See the public register.
        RegisterRead = "register.read",
        /// Write the public register out.
        RegisterPublish = "register.publish",
        /// Add a specification.
        SpecificationAdd = "specification.add",
        /// Add reference data.
        ReferenceAdd = "reference.add",
        /// See which reference data counts.
        ReferenceList = "reference.list",
        /// Build or update the demographics register.
        RegisterBuild = "register.build",
        /// Find a person in the vault.
        VaultFind = "vault.find",
        /// Say that two persons are one.
        VaultMerge = "vault.merge",
        /// Say that one person is two.
        VaultSplit = "vault.split",
        /// Destroy the identifiers of a load.
        VaultShred = "vault.shred",
        /// Ask a question of the de-identified zone.
        WarehouseQuery = "warehouse.query",
        /// Take away files that no table refers to.
        WarehouseVacuum = "warehouse.vacuum",
        /// See where keys stand.
        KeyList = "key.list",
        /// Give an agreement a new key.
        KeyRotate = "key.rotate",
        /// Retire a key.
        KeyRetire = "key.retire",
        /// Destroy a key.
        KeyDestroy = "key.destroy",
        /// Release an extract.
        ReleaseRun = "release.run",
        /// Release two datasets linked.
        ReleaseLink = "release.link",
        /// Release pairs of old and new pseudonyms.
        ReleaseBridge = "release.bridge",
        /// Have an extract made and held until it is approved.
        ReleaseRequest = "release.request",
        /// Approve or reject an extract that is held.
        ReleaseApprove = "release.approve",
        /// Deliver an extract that was approved.
        ReleaseDeliver = "release.deliver",
        /// Take back an extract that was delivered.
        ReleaseRecall = "release.recall",
        /// Say that an extract arrived whole.
        ReleaseReceipt = "release.receipt",
        /// Do what has fallen due about releases.
        ReleaseDue = "release.due",
        /// Import the list of people who opted out.
        OptOutImport = "opt_out.import",
        /// See which extracts were released.
        ReleaseList = "release.list",
        /// See one release.
        ReleaseShow = "release.show",
        /// Publish a table of figures.
        TableMake = "table.make",
        /// See what waits to be fetched.
        OutboxList = "outbox.list",
        /// Fetch a file of the outbox.
        OutboxFetch = "outbox.fetch",
        /// Register who may receive what was re-identified.
        ReidentificationRecipient = "reidentification.recipient",
        /// Ask for pseudonyms to be turned back.
        ReidentificationRequest = "reidentification.request",
        /// Approve that.
        ReidentificationApprove = "reidentification.approve",
        /// Have it done.
        ReidentificationCollect = "reidentification.collect",
        /// See the requests.
        ReidentificationList = "reidentification.list",
        /// Read the log.
        AuditRead = "audit.read",
        /// See what was done to one thing.
        AuditHistory = "audit.history",
        /// Verify the log.
        AuditVerify = "audit.verify",
        /// Sign the log as it is now.
        AuditCheckpoint = "audit.checkpoint",
        /// Have the log as a file, to be verified elsewhere.
        AuditExport = "audit.export",
        /// Destroy figures and reasons of old entries.
        AuditForget = "audit.forget",
        /// Say who has seen a person's data.
        AuditSubject = "audit.subject",
        /// See who has an account.
        PersonList = "person.list",
        /// Add a person.
        PersonAdd = "person.add",
        /// Grant a role.
        PersonGrant = "person.grant",
        /// Take a role.
        PersonRevoke = "person.revoke",
        /// End an account.
        PersonRetire = "person.retire",
        /// Make a token.
        TokenMake = "token.make",
        /// Revoke a token.
        TokenRevoke = "token.revoke",
        /// See who may do what.
        AccessMatrix = "access.matrix",
    }
);
