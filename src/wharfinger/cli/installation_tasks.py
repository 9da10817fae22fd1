"""What belongs to no seller account: the installation's periodic tasks, its e-mail, its applications' queues."""

from collections.abc import Callable
from datetime import datetime

from wharfinger.amazon.auth import ROTATION_SCOPE, Credentials, Lwa, TokenOnce
from wharfinger.amazon.client import AmazonClient
from wharfinger.amazon.queues import Queue
from wharfinger.amazon.sqs import SqsQueue
from wharfinger.amazon.transport import Transport
from wharfinger.cli.backup.recording import BACKUP_FAULTS, keep_backup, own_opener, prove_backup
from wharfinger.cli.console import print_nothing
from wharfinger.cli.endpoints import NoAmazon, click_and_drop_address, installation_endpoints
from wharfinger.cli.privacy.erasing import erase_some
from wharfinger.config.clock import machine_now
from wharfinger.config.environment import Configuration
from wharfinger.couriers import click_and_drop
from wharfinger.couriers.click_and_drop import ClickAndDrop
from wharfinger.couriers.seam import Courier
from wharfinger.couriers.transport import Transport as CourierTransport
from wharfinger.db.models import CourierConnection
from wharfinger.db.queries.installation.backups import backup_standing
from wharfinger.db.queries.installation.live import is_copy
from wharfinger.db.queries.installation.mail import mail_server
from wharfinger.db.queries.orders.privacy.proof import last_run_of
from wharfinger.domain.counts import counted
from wharfinger.domain.installation.alerts import MailSecurity, MailWay, mail_way
from wharfinger.domain.installation.backups import BackupCause, is_nightly_due, is_verification_due
from wharfinger.domain.orders.privacy.erasing import SECOND_LOOK, may_be_ahead
from wharfinger.domain.shipping.connections import ConnectionKind
from wharfinger.operations import triggers
from wharfinger.operations.access import accounts, other_programs
from wharfinger.operations.access.rotation import QueueFacts
from wharfinger.operations.channels import first_upload, links, marketplaces
from wharfinger.operations.installation import alerts, expired
from wharfinger.operations.orders import bulk_actions, notifications, search_words
from wharfinger.operations.orders.completeness import order_reports
from wharfinger.operations.orders.privacy import proofs
from wharfinger.sync import alerts_out, labels_out, mail_out, secret_in, stock_feeds
from wharfinger.sync.buy_shipping import BuyShipping
from wharfinger.sync.calls import Calls, Clock, FlowResult, NoToken
from wharfinger.sync.labels_out import NoCourier
from wharfinger.sync.mailer import EmailSender, FileEmailSender, SmtpEmailSender, SmtpServer
from wharfinger.sync.printing.prints_out import send_prints
from wharfinger.sync.printing.raw_printing import RawPrinting
from wharfinger.sync.webhooks import Reach, Webhooks
from wharfinger.web.problem_pages import page_of_alert
from wharfinger.worker.runs import SENDS_NOTHING, PeriodicTask
from wharfinger.worker.time import Pace

WORDS_IN_A_RUN = 20
"""Transactions of 500 orders each: some 6 s."""
BULK_STEPS_IN_A_RUN = 100
"""Transactions of 200 orders each: some 5 s, then others may have the worker."""
ERASING_STEPS_IN_A_RUN = 50
"""Transactions of 200 orders or 1,000 other rows each: some seconds."""
TELLS_NOBODY = "A restored copy: it tells nobody of its alerts"
PRINTS_NOTHING = "A restored copy: nothing is printed"
BUYS_NOTHING = "A restored copy: no label is bought or voided"
_OF_THE_LIMIT = 0.96
"""Calls that leave evenly arrive unevenly: at the limit itself six would now and then come within a second."""
DEMO_SENDER = "wharfinger@demo.example"


class InstallationTasks:
    def __init__(
        self,
        configuration: Configuration,
        transport: Transport,
        clock: Clock,
        couriers: CourierTransport | None = None,
        calls_for: Callable[[int], Calls] | None = None,
    ) -> None:
        """`calls_for`: a seller account's calls, by which Amazon sells its labels; None = it sells none here."""
        self._configuration = configuration
        self._transport = transport
        self._clock = clock
        self._couriers = couriers or CourierTransport()
        self._calls_for = calls_for
        self._paces: dict[int, Pace] = {}
        reach = Reach(private=configuration.alerts_to_private_network, own=configuration.system == "demo")
        self._webhooks = Webhooks(reach)
        self._printing = RawPrinting(own=configuration.system == "demo")

    def periodic_tasks(self) -> dict[str, PeriodicTask]:
        return {
            triggers.REMIND: self._remind,
            triggers.MAIL_OUT: lambda: mail_out.run(
                self._email_sender(), self._configuration.public_url, self._clock, page_of_alert
            ),
            triggers.REMOVE_EXPIRED: self._remove_expired,
            triggers.FILL_WORDS: self._fill_words,
            triggers.BULK_ACTIONS: self._bulk_actions,
            triggers.SECRET_IN: self._secret_in,
            triggers.BACK_UP: self._back_up,
            triggers.ERASE: self._erase,
            triggers.LABELS_OUT: self._labels_out,
            triggers.ALERTS_OUT: self._alerts_out,
            triggers.UPLOAD_PLANS: self._upload_plans,
            triggers.PRINTS_OUT: self._prints_out,
        }

    def rotate(self, credentials: Credentials, region: str, *, now: datetime) -> None:
        """Ask Amazon for another client secret, with a token of the application itself; in a demo, the simulator."""
        endpoints = installation_endpoints(self._configuration)
        login = Lwa(self._transport, endpoints.token_endpoint, credentials)
        token = TokenOnce(login.client_credentials(ROTATION_SCOPE, now=now))
        AmazonClient(self._transport, token, endpoints.region(region)).rotate_client_secret(now=now)

    def _queue_of(self, facts: QueueFacts) -> Queue:
        return SqsQueue(facts.url, facts.region, facts.key_id, facts.secret, self._configuration.simulator_url)

    def _remind(self) -> FlowResult:
        now = self._clock.now()
        raised = alerts.remind(now=now)
        marketplaces.check_zones(now=now)
        other_programs.look_for_other_programs(now=now)
        probed = accounts.probe_lost_accounts(now=now)
        outcome = f"{counted(raised, 'reminder')} raised" if raised else "nothing more ends soon"
        return FlowResult(f"{outcome}; {probed} lost accounts checked again" if probed else outcome)

    def _secret_in(self) -> FlowResult:
        """The queue is the live installation's: a copy would take its new secret away."""
        return FlowResult(SENDS_NOTHING) if is_copy() else secret_in.run(self._queue_of, self._clock)

    def _alerts_out(self) -> FlowResult:
        """A copy tells nobody: what it sees is the live installation's to tell."""
        if is_copy():
            return FlowResult(TELLS_NOBODY)
        return alerts_out.run(
            self._webhooks, self._email_sender(), self._configuration.public_url, self._clock, page_of_alert
        )

    def _labels_out(self) -> FlowResult:
        """The labels are the live installation's: a copy buys none and voids none."""
        return FlowResult(BUYS_NOTHING) if is_copy() else labels_out.run(self.courier, self._clock)

    def _prints_out(self) -> FlowResult:
        """The printers are the live installation's: a copy prints nothing."""
        return FlowResult(PRINTS_NOTHING) if is_copy() else send_prints(self._printing, self._clock)

    def courier(self, connection_id: int) -> Courier | BuyShipping:
        """The client of a connection; NoCourier where this system may speak to none."""
        row = CourierConnection.objects.get(pk=connection_id)
        if row.kind is ConnectionKind.AMAZON:
            return self._buy_shipping(row.account_id or 0)
        address = click_and_drop_address(self._configuration)
        pace = self._paces.setdefault(connection_id, Pace(_OF_THE_LIMIT * click_and_drop.CALLS_A_SECOND))
        return ClickAndDrop(self._couriers, row.api_key, address=address, before_call=pace)

    def _buy_shipping(self, account_id: int) -> BuyShipping:
        if self._calls_for is None:
            raise NoCourier("This process speaks to no Amazon.")
        try:
            return BuyShipping(self._calls_for(account_id), self._clock.now)
        except (NoToken, NoAmazon) as none:
            raise NoCourier(str(none)) from none

    def _back_up(self) -> FlowResult:
        """What a person wants at once, the night's otherwise; the newest one is proved once a week."""
        now, standing = machine_now(), backup_standing()
        nightly = self._configuration.backups.nightly and is_nightly_due(
            now=now, last_made=standing.last_made, last_failed=standing.last_failed, since=standing.since
        )
        if not standing.wanted and not nightly:
            return FlowResult("no backup is due")
        try:
            made = keep_backup(self._configuration, BackupCause.NIGHTLY, now=now, console=print_nothing)
            if made is None:
                return FlowResult("another process makes a backup")
            outcome = f"{made.size:,} bytes in {made.seconds:.0f} s"
            opened_by = own_opener(self._configuration)
            if opened_by is None or not is_verification_due(now=now, last_verified=standing.last_verified):
                return FlowResult(outcome)
            prove_backup(self._configuration, made.name, opened_by, now=machine_now())
        except BACKUP_FAULTS as fault:
            return FlowResult(f"no backup: {fault}"[:200])
        return FlowResult(f"{outcome}, verified")

    def _remove_expired(self) -> FlowResult:
        now = machine_now()
        sessions = expired.remove_expired_sessions(machine_now=now)
        workers = expired.remove_silent_heartbeats(machine_now=now)
        jobs = expired.remove_failed_jobs(machine_now=now)
        proofs = order_reports.remove_old_completeness(now=self._clock.now())
        proofs += notifications.remove_old_notifications(now=self._clock.now())
        counts = (
            (sessions, "session"),
            (workers, "heartbeat"),
            (jobs, "failed job"),
            (proofs, "old record"),
        )
        return FlowResult(f"{', '.join(counted(number, what) for number, what in counts)} removed")

    def _erase(self) -> FlowResult:
        """What is due by the clock; at once again while there is more. Nothing where the clock may be ahead."""
        now = self._clock.now()
        if may_be_ahead(last_run_of(triggers.ERASE), now):
            if proofs.is_due(now):
                proofs.count(now=now)
            return FlowResult(
                "the clock went on by days at once: nothing is erased for a day, in case it is ahead", now + SECOND_LOOK
            )
        done, more = erase_some(now, at_most=ERASING_STEPS_IN_A_RUN)
        if not more and proofs.is_due(now):
            proofs.count(now=now)
        return FlowResult(f"personal data of {done} erased{'; more follow' if more else ''}", now if more else None)

    def _fill_words(self) -> FlowResult:
        """Some thousand orders, then others may have the worker; at once again while there are more."""
        filled = 0
        for _ in range(WORDS_IN_A_RUN):
            some = search_words.fill_words()
            filled += some
            if not some:
                return FlowResult(f"{counted(filled, 'order')} can be searched by buyer")
        return FlowResult(f"{counted(filled, 'order')} can be searched by buyer; more follow", self._clock.now())

    def _bulk_actions(self) -> FlowResult:
        """What people started for many orders, some seconds of it; at once again while there is more."""
        tried = 0
        _, more = links.fix_more_lines(now=self._clock.now(), steps=BULK_STEPS_IN_A_RUN)
        for _ in range(BULK_STEPS_IN_A_RUN):
            some = bulk_actions.take_step(now=self._clock.now())
            if some < 0:
                return FlowResult(f"{counted(tried, 'order')} of bulk actions", self._clock.now() if more else None)
            tried += some
        return FlowResult(f"{counted(tried, 'order')} of bulk actions; more follow", self._clock.now())

    def _upload_plans(self) -> FlowResult:
        """Plans of first stock uploads that people requested."""
        worked_out = 0
        for _ in range(BULK_STEPS_IN_A_RUN):
            some = first_upload.take_step(
                lambda account_id: stock_feeds.limits_now(account_id, now=self._clock.now()), now=self._clock.now()
            )
            if some < 0:
                return FlowResult(f"{counted(worked_out, 'SKU')} of first uploads planned")
            worked_out += some
        return FlowResult(f"{counted(worked_out, 'SKU')} of first uploads planned; more follow", self._clock.now())

    def _email_sender(self) -> EmailSender | None:
        """How e-mail leaves now; None = not at all."""
        entered, given = mail_server(), self._configuration.smtp
        if entered is not None:
            server = SmtpServer(
                entered.host, entered.port, entered.security, entered.username, entered.password, entered.sender
            )
            return SmtpEmailSender(server)
        if given is not None:
            security = MailSecurity(given.security)
            return SmtpEmailSender(
                SmtpServer(given.host, given.port, security, given.user, given.password, given.sender)
            )
        way = mail_way(entered=False, environment=False, demo=self._configuration.system == "demo")
        return FileEmailSender(self._configuration.home / "mail", DEMO_SENDER) if way is MailWay.FILES else None
