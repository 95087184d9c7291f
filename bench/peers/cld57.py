"""The 57 rules that every peer judges: columns, code lists, shapes. `bench/cld57` says the same as a specification.

11 columns that must be filled, 30 code lists, 6 dates, 3 numbers, the postcode's shape, the NHS number's check digit, a
service type where and only where the event is a service, an end not before its start, a birth not after the event's
start, and event references that differ. Like the real collection, but not it: for speed and recall alone. Names of 45
columns are those of the Department's public GetDQValues procedure (MIT), 15 are added.
"""

COLUMNS = """LA_Code Reporting_Period_Start_Date Reporting_Period_End_Date NHS_Number
LA_Person_Unique_Identifier Forename Surname Address_Line_1 Address_Line_2 Town Postcode
GP_Practice_Code Gender Ethnicity Religion Sexual_Orientation First_Language Interpreter_Required
Date_of_Birth Date_of_Death Client_Type Primary_Support_Reason Accommodation_Status
Employment_Status Has_Unpaid_Carer Autism_Spectrum_Disorder_ASD Visual_Impairment
Hearing_Impairment Dementia Other_Health_Condition Client_Funding_Status Event_Type
Event_Reference Event_Start_Date Event_End_Date Event_Description Event_Outcome
Request_Route_of_Access Assessment_Type Eligible_Needs_Identified Method_of_Assessment
Total_Hrs_Caring_per_week No_of_adults_being_cared_for Adult_1_Linked_Person_ID
Adult_2_Linked_Person_ID Adult_3_Linked_Person_ID Service_Type Service_Component
Delivery_Mechanism Provider_CQC_Location_ID Provider_CQC_Location_Name Provider_Postcode
Review_Reason Review_Outcomes_Achieved Method_of_Review Unit_Cost Cost_Frequency_Unit_Type
Planned_units_per_week Conversation_Flag Local_Team_Code""".split()
GENDER = ["Male", "Female", "Other", "Unknown"]
ETHNICITY = [
 "White: English, Welsh, Scottish, Northern Irish or British", "White: Irish",
 "White: Gypsy or Irish Traveller", "White: Roma", "White: Any other White background",
 "Mixed or multiple ethnic groups: White and Asian",
 "Mixed or multiple ethnic groups: White and Black Caribbean",
 "Asian or Asian British: Indian", "Asian or Asian British: Pakistani",
 "Asian or Asian British: Bangladeshi", "Asian or Asian British: Any other Asian background",
 "Black, Black British, Caribbean or African: African",
 "Black, Black British, Caribbean or African: Caribbean", "Other ethnic group: Arab",
 "Other ethnic group: Any other ethnic group", "No data: Undeclared or not known", "No data: Refused"]
CLIENT_TYPE = ["Service User", "Carer", "Carer known by association"]
PSR = ["Physical Support: Access & mobility only", "Physical Support: Personal care support",
 "Sensory Support: Support for visual impairment", "Sensory Support: Support for hearing impairment",
 "Support with Memory & Cognition", "Learning Disability Support", "Mental Health Support",
 "Social Support: Substance misuse support", "Social Support: Support to Carer", "Unknown"]
ACCOM = ["Owner occupier or shared ownership scheme", "Tenant", "Tenant - private landlord",
 "Settled mainstream housing with family or friends", "Supported accommodation / supported lodgings / supported group home",
 "Registered care home", "Registered nursing home", "Rough sleeper or squatting", "Unknown"]
EMPLOY = ["Paid: Less than 16 hours a week", "Paid: 16 or more hours a week", "Not in paid employment: seeking work",
 "Not in paid employment: not actively seeking work or retired", "Not in paid employment: voluntary work only", "Unknown"]
YNU = ["Yes", "No", "Unknown"]
RELIGION = ["None", "Christian", "Muslim", "Hindu", "Sikh", "Jewish", "Buddhist", "Other", "Not stated"]
SEXOR = ["Heterosexual or straight", "Gay or lesbian", "Bisexual", "Other", "Not stated"]
LANG = ["English", "Polish", "Punjabi", "Urdu", "Bengali", "Gujarati", "Arabic", "Welsh"]
FUND = ["Social Care only", "Joint Health & Social Care", "NHS Funded Continuing Healthcare", "Fully self-funded"]
ETYPE = ["Request", "Assessment", "Service", "Review"]
OUTCOME = ["Progress to reablement/ST-Max", "Progress to assessment, review or reassessment",
 "Progress to support planning or services", "Continuation of support or services", "Admitted to hospital",
 "NFA: Information and advice or signposting", "NFA: Support declined", "NFA: Deceased", "NFA: Other"]
ROUTE = ["Planned entry (transition)", "Discharge from hospital", "Diversion from hospital services", "Self-funder with depleted funds", "Community / other route", "Prison"]
ATYPE = ["Long term assessment (OT)", "Short term assessment", "Long term assessment", "Carer's assessment: individual"]
ELIG = ["Eligible needs identified", "No eligible needs identified"]
METHOD = ["Face to face", "By telephone", "Online / video call", "By proxy"]
HRS = ["Less than 20 hours", "20-49 hours", "50 or more hours", "Unknown"]
STYPE = ["Long term support: Nursing care", "Long term support: Residential care", "Long term support: Community",
 "Short term support: ST-Max", "Short term support: Ongoing low level", "Short term support: Other short term",
 "Unpaid carer support: Direct to unpaid carer"]
SCOMP = ["Home Support", "Residential Care", "Nursing Care", "Day Support", "Direct Payment", "Equipment", "Reablement", "Extra Care Housing"]
DELIV = ["Direct Payment only", "CASSR Managed Personal Budget", "Part Direct Payment", "CASSR Commissioned Support only"]
RREASON = ["Planned", "Unplanned: Hospital (planned and unplanned)", "Unplanned: Carer related", "Unplanned: Other reason"]
ROUT = ["Fully achieved", "Partially achieved", "Not achieved", "Not recorded"]
FREQ = ["Per week", "Per session", "One-off", "Hourly", "4-weekly"]
LISTS = {"Gender": GENDER, "Ethnicity": ETHNICITY, "Religion": RELIGION, "Sexual_Orientation": SEXOR,
 "First_Language": LANG, "Interpreter_Required": YNU, "Client_Type": CLIENT_TYPE, "Primary_Support_Reason": PSR,
 "Accommodation_Status": ACCOM, "Employment_Status": EMPLOY, "Has_Unpaid_Carer": YNU,
 "Autism_Spectrum_Disorder_ASD": YNU, "Visual_Impairment": YNU, "Hearing_Impairment": YNU, "Dementia": YNU,
 "Client_Funding_Status": FUND, "Event_Type": ETYPE, "Event_Outcome": OUTCOME, "Request_Route_of_Access": ROUTE,
 "Assessment_Type": ATYPE, "Eligible_Needs_Identified": ELIG, "Method_of_Assessment": METHOD,
 "Total_Hrs_Caring_per_week": HRS, "Service_Type": STYPE, "Service_Component": SCOMP, "Delivery_Mechanism": DELIV,
 "Review_Reason": RREASON, "Review_Outcomes_Achieved": ROUT, "Method_of_Review": METHOD,
 "Cost_Frequency_Unit_Type": FREQ}
MANDATORY = ["LA_Code", "Reporting_Period_Start_Date", "Reporting_Period_End_Date", "LA_Person_Unique_Identifier",
 "Gender", "Ethnicity", "Date_of_Birth", "Client_Type", "Event_Type", "Event_Reference", "Event_Start_Date"]
DATES = ["Reporting_Period_Start_Date", "Reporting_Period_End_Date", "Date_of_Birth", "Date_of_Death",
 "Event_Start_Date", "Event_End_Date"]
NUMBERS = ["No_of_adults_being_cared_for", "Unit_Cost", "Planned_units_per_week"]
POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}$"
NUMBER = r"^[0-9]+(\.[0-9]{1,2})?$"
ISO_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
