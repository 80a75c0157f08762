"""Who may see which row: row-level security, and references that stay within a company."""

from pathlib import Path

from django.db import migrations

from sportello.schema.security import OF_WORKSPACE, guard_rows, same_workspace, setting

_GRANTS = Path(__file__).with_name("sql") / "grants.sql"

# Seen by the company whose rows they are.
_OWNED = """
    action actionrun actionsecret appsecret attempt attendance auditentry campaign cannedreply
    charge conduct connection connectionsecret connectionstep consentevent contact contactimport
    contactlist conversation conversationevent correction delivery document draft enclosure
    endpoint endpointsecret erasure errand evalrun eventmark eventtally examination file
    filereading fitting folder followup gist idempotentreply identity importflaw importpart
    importseen label labelling languagemodel lexemecount librarystats listmember media message
    modelbudget modelcall modelkey news notice noticewish number numberchange orphanstatus pair
    passage platformevent posting presence propertyname proposal pushplace questionset recap
    recipient rehearsal reminder repetition retention retentionrun segment send setquestion site
    suppression sweep swept tap template templatechange templatedraft templateedit token trial
    turn unblocking upload vector voicekey
""".split()

_SPECIAL = {
    "workspace": f"""
        id = {setting("workspace")} OR id IN (
            SELECT workspace_id FROM sportello_membership WHERE user_id = {setting("user")}
        )
    """,
    # Asked before a workspace is chosen: my memberships, the key that knocks, the public part of the
    # address of an automation that is called, the invitation, the door by which a company's people
    # come in.
    "membership": f"{OF_WORKSPACE} OR user_id = {setting('user')}",
    "apikey": f"{OF_WORKSPACE} OR prefix = {setting('key_prefix', 'text')}",
    "automation": f"{OF_WORKSPACE} OR hook = {setting('key_prefix', 'text')}",
    "invitation": f"{OF_WORKSPACE} OR secret_sha256 = {setting('invitation', 'text')}",
    "identityprovider": f"{OF_WORKSPACE} OR door = {setting('door', 'text')}",
    "quarantined": f"""
        {OF_WORKSPACE} OR (workspace_id IS NULL AND {setting("installer", "text")} = 'on')
    """,
    "journalentry": None,
    # Prices are the same for every company.
    "ratecard": "true",
    "rate": "true",
    "prefix": "true",
}

# Table, column, the table it points at; `let-go`: where that row goes, this one stays without it.
_PARENTS = """
    action             pair_id           pair              let-go
    actionrun          action_id         action
    actionrun          conversation_id   conversation
    actionsecret       action_id         action
    automation         campaign_id       campaign
    automation         list_id           contactlist       let-go
    campaign           file_id           file              let-go
    campaign           number_id         number
    campaign           template_id       template          let-go
    cannedreply        file_id           file              let-go
    charge             message_id        message           let-go
    charge             number_id         number
    connection         number_id         number
    connectionsecret   connection_id     connection
    connectionstep     connection_id     connection
    consentevent       contact_id        contact
    contact            merged_into_id    contact           let-go
    conversation       contact_id        contact
    conversation       folder_id         folder            let-go
    conversation       number_id         number
    conversationevent  conversation_id   conversation
    correction         document_id       document
    correction         pair_id           pair
    correction         turn_id           turn
    delivery           endpoint_id       endpoint
    delivery           news_id           news
    document           site_id           site
    draft              conversation_id   conversation
    enclosure          campaign_id       campaign
    enclosure          file_id           file
    endpointsecret     endpoint_id       endpoint
    erasure            contact_id        contact
    errand             after_message_id  message           let-go
    errand             campaign_id       campaign
    errand             contact_id        contact
    errand             message_id        message           let-go
    errand             recipient_id      recipient
    evalrun            of_set_id         questionset
    examination        number_id         number
    followup           campaign_id       campaign
    followup           file_id           file              let-go
    followup           template_id       template          let-go
    gist               conversation_id   conversation
    gist               message_id        message
    identity           membership_id     membership
    identity           provider_id       identityprovider
    importflaw         upload_id         contactimport
    importpart         upload_id         contactimport
    importseen         upload_id         contactimport
    labelling          conversation_id   conversation
    labelling          label_id          label
    listmember         contact_id        contact
    listmember         list_id           contactlist
    media              message_id        message
    message            conversation_id   conversation
    modelcall          conversation_id   conversation      let-go
    modelkey           model_id          languagemodel
    numberchange       number_id         number
    passage            document_id       document
    passage            pair_id           pair
    platformevent      number_id         number            let-go
    posting            passage_id        passage
    presence           conversation_id   conversation
    proposal           pair_id           pair
    proposal           turn_id           turn              let-go
    recap              conversation_id   conversation
    recipient          campaign_id       campaign
    recipient          contact_id        contact
    recipient          enclosure_id      enclosure         let-go
    recipient          message_id        message           let-go
    rehearsal          document_id       document
    rehearsal          pair_id           pair
    rehearsal          proposal_id       proposal
    reminder           conversation_id   conversation
    repetition         by_message_id     message
    repetition         message_id        message
    send               campaign_id       campaign          let-go
    send               conversation_id   conversation
    send               file_id           file              let-go
    send               message_id        message
    send               number_id         number
    send               template_id       template          let-go
    setquestion        of_set_id         questionset
    setquestion        pair_id           pair              let-go
    swept              sweep_id          sweep
    tap                template_id       template
    template           sample_id         file              let-go
    templatechange     template_id       template
    templatedraft      template_id       template
    templateedit       template_id       template
    token              number_id         number
    trial              run_id            evalrun
    turn               conversation_id   conversation
    turn               message_id        message
    upload             file_id           file
    upload             number_id         number
    vector             passage_id        passage
""".strip().splitlines()


def _within_a_workspace(table: str, column: str, parent: str, let_go: str = "") -> str:
    gone = f"SET NULL ({column})" if let_go else "CASCADE"
    return same_workspace(f"sportello_{table}", column, f"sportello_{parent}", gone)


class Migration(migrations.Migration):
    replaces = [("sportello", "0310_called")]
    dependencies = [("sportello", "0002_all_tables")]
    operations = [
        migrations.RunSQL("".join(sql))
        for sql in (
            [guard_rows(f"sportello_{table}") for table in _OWNED],
            [guard_rows(f"sportello_{table}", seen) for table, seen in _SPECIAL.items()],
            [_within_a_workspace(*line.split()) for line in _PARENTS],
            [_GRANTS.read_text(encoding="utf-8")],
        )
    ]
