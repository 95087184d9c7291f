use super::verb::words;

words!(
    /// What somebody is here for. One person can have several, of one organisation, each for a time.
    Role, "a role is one of those of the permission table", {
        /// Sends the council's files.
        CouncilSubmitter = "council_submitter",
        /// Answers for the council's data.
        CouncilGovernanceLead = "council_governance_lead",
        /// Brings councils on board, at a commissioning support unit.
        CsuOfficer = "csu_officer",
        /// Runs the processing centre's work.
        DataManager = "data_manager",
        /// Asks on behalf of a recipient.
        Requester = "requester",
        /// Decides about what others ask for.
        ReleaseApprover = "release_approver",
        /// Follows the national collection.
        DepartmentAnalyst = "department_analyst",
        /// Receives an integrated care board's extracts.
        IcbAnalyst = "icb_analyst",
        /// Reads what was done.
        Auditor = "auditor",
        /// Looks after people and roles.
        Administrator = "administrator",
        /// The machine's own: does what is queued.
        Worker = "worker",
        /// The machine's own: whoever runs the program in the data directory without a token.
        ConsoleOperator = "console_operator",
        /// The machine's own: holds keys.
        Keyholder = "keyholder",
    }
);
