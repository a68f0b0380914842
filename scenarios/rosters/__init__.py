"""Reading of rosters: tables of people, contracts and wishes; rosters that come back from Excel."""
