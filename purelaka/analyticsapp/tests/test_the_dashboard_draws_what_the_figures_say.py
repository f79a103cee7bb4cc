"""The dashboard draws the snapshots, says them in words too, and needs neither script nor mouse."""

from datetime import timedelta
from xml.etree import ElementTree

from analyticsapp.kpis import summarise
from analyticsapp.models import DailySnapshot
from analyticsapp.plots import plots_of
from analyticsapp.snapshots import take_snapshots
from analyticsapp.tests.test_a_day_has_one_snapshot import DAY, LATER
from core.tests.people import NOON, StoreTestCase

SVG = "{http://www.w3.org/2000/svg}"


class TheDashboardDrawsWhatTheFiguresSay(StoreTestCase):
    def setUp(self):
        self.paid_order(refunded_minor=800)
        self.paid_order(at=NOON + timedelta(days=1), mugs=1)
        self.order()
        take_snapshots(DAY - timedelta(days=3), DAY + timedelta(days=4), now=LATER)
        self.client.force_login(self.ana)

    def page(self, query: str = "") -> str:
        return self.client.get(f"/analytics/{query}").content.decode()

    def test_a_plot_has_a_point_a_day_in_each_line(self):
        for plot in plots_of(DailySnapshot.objects.all()):
            lines = [
                path.attrib["d"]
                for path in ElementTree.fromstring(plot.svg).iter(f"{SVG}path")
                if "d" in path.attrib
            ]
            self.assertEqual([d.count("L") + d.count("M") for d in lines], [8, 8], plot.name)

    def test_it_says_in_words_what_it_draws(self):
        money, orders = plots_of(DailySnapshot.objects.all())
        self.assertIn("taken: 42 in all, at most 28 a day; given back: 8 in all", money.words)
        self.assertIn("placed: 3 in all, at most 2 a day; cancelled: 0 in all", orders.words)
        self.assertIn(f'aria-label="{money.words}"', self.page())

    def test_a_higher_figure_is_drawn_higher(self):
        money, _ = plots_of(DailySnapshot.objects.all())
        taken = next(ElementTree.fromstring(money.svg).iter(f"{SVG}path")).attrib["d"]
        heights = [
            float(point.split()[-1].split(",")[-1])
            for point in taken.replace("M", "L").split("L")
            if point.strip()
        ]
        # The first three days took nothing, then 28 pounds, then 14.
        self.assertEqual(len(set(heights[:3])), 1)
        self.assertLess(heights[3], heights[4])
        self.assertLess(heights[4], heights[0])

    def test_one_day_makes_no_line_and_no_day_no_page_full_of_nothing(self):
        self.assertEqual(plots_of(DailySnapshot.objects.all()[:1]), ())
        DailySnapshot.objects.all().delete()
        self.assertNotIn("<svg", self.page())
        self.assertIn("No day has been measured yet.", self.page())

    def test_it_adds_up_what_it_shows(self):
        summary = summarise(snapshot.figures() for snapshot in DailySnapshot.objects.all())
        self.assertEqual((summary.gross_minor, summary.refunded_minor, summary.net_minor), (4200, 800, 3400))
        self.assertEqual((summary.average_payment_minor, summary.refunded_percent), (2100, 19.0))
        self.assertIn("£34.00", self.page())
        nothing = summarise([])
        self.assertEqual((nothing.average_payment_minor, nothing.refunded_percent), (0, 0.0))

    def test_one_chooses_among_three_spans_and_nothing_else(self):
        for query, rows in (("?days=7", 7), ("", 8), ("?days=90", 8), ("?days=1000000", 8), ("?days=x", 8)):
            with self.subTest(query=query):
                self.assertEqual(self.page(query).count('<th scope="row">'), rows)

    def test_late_figures_are_said_at_the_top(self):
        self.assertIn("figures are late: the latest is of", self.page())

    def test_it_needs_no_script_no_style_and_no_mouse(self):
        page = self.page()
        for forbidden in ("<script", "style=", "onclick", "http-equiv"):
            self.assertNotIn(forbidden, page)
        # What scrolls sideways on a phone can be reached and scrolled with the keyboard.
        self.assertEqual(page.count('class="scroll'), page.count('tabindex="0"'))
        self.assertEqual(page.count('role="img"'), 2)

    def test_the_ops_manager_sees_it_without_exports(self):
        self.client.force_login(self.omar)
        page = self.page()
        self.assertIn("<svg", page)
        self.assertNotIn("/analytics/exports/", page)
