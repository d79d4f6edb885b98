// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves_page.h"

#include <QActionGroup>
#include <QFileInfo>
#include <QKeyEvent>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/run_words.h"
#include "ui/panels/curves/cards_area.h"
#include "ui/panels/curves/compare_bar.h"
#include "ui/panels/curves/compare_picker.h"
#include "ui/panels/curves/curve_exports.h"
#include "ui/panels/curves/curves_inspection.h"
#include "ui/panels/curves/curves_tool_bar.h"
#include "ui/panels/curves/differences_view.h"
#include "ui/services/compare_feed.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/refresh_gate.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/staged_build.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kInspectMs = 30;
constexpr int kRefreshMsPerRun = 100;  // a picture of many runs takes long to draw: it comes less often
constexpr int kRecallColumn = 276, kPlainColumn = 200;

QString recallTag(const char* way, int k) {
    return QStringLiteral("eval/retrieval/%1_r%2").arg(QLatin1String(way)).arg(k);
}

}  // namespace

CurvesPage::CurvesPage(AppContext& app, QWidget* parent)
    : RecordPage(app, QStringLiteral("curves"), parent), group_(new PlotGroup(this)), later_(new StagedBuild(this)) {
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    tool_bar_ = new CurvesToolBar(content);
    compare_bar_ = new CompareBar(*group_, content);
    banner_ = new MessageBanner(content);
    exports_ = new CurveExports(app, *group_, this);
    QStringList recalls;
    for (const int k : {1, 5, 10}) recalls << recallTag("text_to_image", k) << recallTag("image_to_text", k);
    const QStringList smoothed = {QStringLiteral("loss/contrastive"),
                                  QStringLiteral("loss/matching"),
                                  QStringLiteral("loss/task"),
                                  QStringLiteral("loss/balance"),
                                  QStringLiteral("loss/z"),
                                  QStringLiteral("loss/total"),
                                  QStringLiteral("optim/grad_norm"),
                                  QStringLiteral("perf/samples_per_s"),
                                  QStringLiteral("perf/tokens_per_s"),
                                  QStringLiteral("perf/step_ms")};
    const QStringList raw = QStringList{QStringLiteral("optim/lr"), QStringLiteral("memory/peak_bytes")} + recalls;
    group_->setTags(smoothed, raw);
    tags_ = smoothed + raw + QStringList{QStringLiteral("perf/flops_per_step")};
    group_->setSmoothing(tool_bar_->smoothing());
    views_ = new QStackedWidget(content);
    auto* scroll = new QScrollArea(views_);
    area_ = new CardsArea(scroll->viewport());
    makeCards();
    area_->setCards(cards_.front(), {cards_.begin() + 1, cards_.end()});
    scroll->setWidget(area_);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    views_->addWidget(scroll);
    column->addWidget(tool_bar_);
    column->addWidget(compare_bar_);
    column->addWidget(banner_);
    column->addWidget(views_, 1);
    makeComparing();

    connect(tool_bar_, &CurvesToolBar::xAxisChosen, group_, &PlotGroup::setAxis);
    connect(tool_bar_, &CurvesToolBar::lossLogChosen, &cards_.front()->plot(), &CurvePlot::setLog);
    connect(&cards_.front()->plot(), &CurvePlot::logChanged, tool_bar_, &CurvesToolBar::setLossLog);
    connect(tool_bar_, &CurvesToolBar::smoothingChosen, this, [this](double smoothing) {
        group_->setSmoothing(smoothing);
        group_->refresh();
        inspection_due_.start();
    });
    connect(tool_bar_, &CurvesToolBar::followChosen, this, [this](bool on) {
        if (on)
            for (PlotCard* plot_card : cards_) plot_card->plot().fitY();
        group_->setFollow(on);
    });
    connect(group_, &PlotGroup::followChanged, tool_bar_, &CurvesToolBar::setFollow);
    connect(tool_bar_, &CurvesToolBar::tableAsked, this, [this] {
        QStringList tags;
        for (PlotCard* plot_card : shownCards()) tags << plot_card->tags();
        exports_->openTable(tr("Curves"), tags);
    });
    connect(tool_bar_, &CurvesToolBar::exportAsked, this,
            [this](ChartExport kind) { exports_->exportPage(area_, shownCards(), kind); });
    connect(banner_, &MessageBanner::dismissed, this, [this] { banner_dismissed_ = true; });
    inspection_due_.setSingleShot(true);
    inspection_due_.setInterval(kInspectMs);
    connect(&inspection_due_, &QTimer::timeout, this, &CurvesPage::sendInspection);
    connect(&group_->cursor(), &LinkedCursor::changed, this, [this] {
        if (!inspection_due_.isActive()) inspection_due_.start();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { inspection_due_.start(); });
    begin(content);
}

void CurvesPage::makeCards() {
    const auto add = [this](const char* name, const PlotOptions& options, const std::vector<PlotLine>& lines,
                            PlotUnit unit, const QString& unit_word) {
        auto* plot_card = new PlotCard(*group_, options, lines, unit, unit_word, area_);
        plot_card->setObjectName(QLatin1String(name));
        exports_->serve(plot_card);
        cards_.push_back(plot_card);
    };
    PlotOptions loss;
    loss.name = tr("Loss");
    loss.large = true;
    add("loss", loss,
        {{QStringLiteral("loss/total"), tr("total"), 0},
         {QStringLiteral("loss/contrastive"), tr("contrastive"), 5},
         {QStringLiteral("loss/matching"), tr("matching"), 2},
         {QStringLiteral("loss/balance"), tr("balance"), 3},
         {QStringLiteral("loss/z"), tr("z"), 4},
         {QStringLiteral("loss/task"), tr("task"), 6}},
        PlotUnit::kPlain, {});
    PlotOptions lr;
    lr.name = tr("Learning rate");
    add("lr", lr, {{QStringLiteral("optim/lr"), tr("learning rate"), 4, false}}, PlotUnit::kPowerOfTen, {});
    PlotOptions norm;
    norm.name = tr("Gradient norm");
    norm.log = true;
    add("grad_norm", norm, {{QStringLiteral("optim/grad_norm"), tr("gradient norm"), 1, false}}, PlotUnit::kPlain, {});
    PlotOptions throughput;
    throughput.name = tr("Throughput");
    throughput.from_zero = true;
    add("throughput", throughput, {{QStringLiteral("perf/samples_per_s"), tr("throughput"), 6, false}},
        PlotUnit::kPlain, tr("samples/s"));
    PlotOptions memory;
    memory.name = tr("Peak memory");
    add("memory", memory, {{QStringLiteral("memory/peak_bytes"), tr("peak memory"), 3, false}}, PlotUnit::kBytes, {});
    PlotOptions eval;
    eval.name = tr("Evaluation");
    eval.fixed_high = 102;
    add("eval", eval,
        {{recallTag("text_to_image", 1), tr("to image"), 5, false, true},
         {recallTag("image_to_text", 1), tr("to text"), 0, false, true}},
        PlotUnit::kPercent, {});
    cards_.back()->hide();
    addRecallChoice();
}

void CurvesPage::addRecallChoice() {
    PlotCard* eval = cards_.back();
    auto* choice = new QActionGroup(eval);
    for (const int k : {1, 5, 10}) {
        QAction* action = eval->chartMenu().addAction(tr("Recall@%1").arg(k), true);
        choice->addAction(action);
        action->setChecked(k == 1);
        connect(action, &QAction::triggered, this, [eval, k] {
            eval->setTag(0, recallTag("text_to_image", k), tr("to image"));
            eval->setTag(1, recallTag("image_to_text", k), tr("to text"));
            eval->setUnitWord(tr("recall@%1, %").arg(k));
        });
    }
    eval->setUnitWord(tr("recall@1, %"));
}

void CurvesPage::makeComparing() {
    compare_feed_ = new CompareFeed(this);
    compare_gate_ = new RefreshGate(this);
    connect(tool_bar_, &CurvesToolBar::compareAsked, this, &CurvesPage::openPicker);
    connect(compare_bar_, &CompareBar::removeAsked, this, [this](const QString& dir) {
        QStringList dirs = compared();
        dirs.removeAll(dir);
        setCompared(dirs);
    });
    connect(compare_bar_, &CompareBar::viewChosen, this, [this](int view) {
        later_->finishNow();
        views_->setCurrentIndex(view);
    });
    connect(compare_feed_, &CompareFeed::changed, this, [this](const QString& dir, bool restart) {
        if (restart && !compare_restarts_.contains(dir)) compare_restarts_ << dir;
        compare_gate_->request(false);
    });
    connect(compare_gate_, &RefreshGate::due, this, &CurvesPage::takeCompared);
    connect(group_, &PlotGroup::runsChanged, this, [this] { inspection_due_.start(); });
    later_->add([this] {
        differences_ = new DifferencesView(context(), *group_, views_);
        views_->addWidget(differences_);
    });
    later_->add([this] {
        picker_ = new ComparePicker(this);
        connect(picker_, &ComparePicker::chosen, this, &CurvesPage::setCompared);
    });
}

DifferencesView& CurvesPage::differences() const {
    later_->finishNow();
    return *differences_;
}

ComparePicker& CurvesPage::comparePicker() const {
    later_->finishNow();
    return *picker_;
}

QStringList CurvesPage::compared() const {
    QStringList dirs;
    for (int run = 1; run < group_->runs(); ++run) dirs << group_->run(run).dir;
    return dirs;
}

void CurvesPage::setCompared(const QStringList& dirs) {
    QList<std::pair<QString, QString>> chosen;
    QStringList kept;
    for (const QString& dir : dirs) {
        if (dir == context().selectedRun() || kept.contains(dir)) continue;
        const runs::RunStatus* status = context().runs().status(dir);
        chosen.append({dir, status == nullptr ? QFileInfo(dir).fileName() : QString::fromStdString(status->name)});
        kept << dir;
    }
    exports_->closeTables();  // their columns are other runs'
    compare_gate_->setInterval(kRefreshMsPerRun * (1 + static_cast<int>(kept.size())));
    compare_feed_->setRuns(kept, tags_);
    group_->setCompared(chosen);
    if (!group_->comparing()) compare_bar_->viewControl().setCurrent(0);
    takeCompared();
}

void CurvesPage::openPicker() {
    comparePicker().open(&tool_bar_->compareButton(), context().runs().statuses(), context().selectedRun(), compared(),
                         PlotGroup::kMostRuns - 1);
}

void CurvesPage::takeCompared() {
    bool changed = refresh_owed_;
    refresh_owed_ = false;
    for (int index = 1; index < group_->runs(); ++index) {
        PlotRun& run = group_->run(index);
        const CompareFeed::Record* record = compare_feed_->record(run.dir);
        if (record == nullptr) continue;
        if (compare_restarts_.removeAll(run.dir) > 0) run.curves.clear();
        changed = run.curves.sync([record](const QString& tag) -> const Series* {
            const auto found = record->series.constFind(tag);
            return found == record->series.constEnd() ? nullptr : &*found;
        }) || changed;
        std::vector<double> seams = resumeSteps(record->events, run.curves);
        changed = changed || seams != run.seams;
        run.seams = std::move(seams);
    }
    if (!changed) return;
    showCards();
    group_->refresh();
    exports_->refreshTables();
    updateBanner();
    inspection_due_.start();
}

void CurvesPage::showCards() {
    const auto recorded = [this](const QString& tag) {
        for (int run = 0; run < group_->runs(); ++run)
            if (group_->run(run).curves.find(tag) != nullptr) return true;
        return false;
    };
    area_->setColumnWidth(recorded(recallTag("text_to_image", 1)) ? kRecallColumn : kPlainColumn);
    for (auto plot_card = cards_.begin() + 1; plot_card != cards_.end(); ++plot_card) {
        const QStringList tags = (*plot_card)->tags();
        area_->setShown(*plot_card, std::any_of(tags.begin(), tags.end(), recorded));
    }
}

PlotCard* CurvesPage::card(const QString& name) const {
    for (PlotCard* plot_card : cards_)
        if (plot_card->objectName() == name) return plot_card;
    return nullptr;
}

std::vector<PlotCard*> CurvesPage::shownCards() const {
    std::vector<PlotCard*> shown;
    for (PlotCard* plot_card : cards_)
        if (!plot_card->isHidden()) shown.push_back(plot_card);
    return shown;
}

bool CurvesPage::takeRecords(bool restart) {
    if (run_dir_ != context().selectedRun()) {
        run_dir_ = context().selectedRun();
        banner_dismissed_ = false;
        exports_->closeTables();
        PlotRun& selected = group_->run(0);
        selected.dir = run_dir_;
        selected.name = QFileInfo(run_dir_).fileName();
        group_->reset();
        // A run that is selected now is no longer one beside it; without a selection there is nothing to compare with.
        const QStringList others = run_dir_.isEmpty() ? QStringList() : compared();
        setCompared(others);
        for (PlotCard* plot_card : cards_) plot_card->plot().fitY();
    } else if (restart) {
        group_->curves().clear();  // the cursor and the range stay: the same run is read anew
    }
    const bool changed = group_->curves().sync([this](const QString& tag) { return context().runs().series(tag); });
    std::vector<double> seams = resumeSteps(context().runs().events(), group_->curves());
    if (changed || restart || seams != group_->seams()) {
        group_->setSeams(std::move(seams));
        for (const XAxis axis : {XAxis::kTokens, XAxis::kFlops})
            tool_bar_->setAxisThere(axis, group_->curves().empty() || group_->curves().hasAxis(axis));
        if (group_->comparing() && !restart) {
            // One picture for what has come of all runs.
            refresh_owed_ = true;
            compare_gate_->request(false);
        } else {
            showCards();
            group_->refresh();
            exports_->refreshTables();
        }
    }
    updateBanner();
    inspection_due_.start();
    return !group_->curves().empty();
}

void CurvesPage::updateBanner() {
    // Of the runs that fail the first in the order of the legend: the selected one before all others.
    int failing = 0;
    std::optional<NonFinite> first;
    for (int run = 0; run < group_->runs() && !first; ++run) {
        failing = run;
        if (run == 0 || group_->run(run).visible) first = group_->run(run).curves.firstNonFinite();
    }
    if (!first || banner_dismissed_) return banner_->hide();
    const PlotRun& of = group_->run(failing);
    const QString step = number(first->step, 0);
    QString text =
        tr("First non-finite value: <code><b>%1</b></code> at step %2").arg(first->tag.toHtmlEscaped(), step);
    const std::vector<runs::Event>* events = &context().runs().events();
    if (failing > 0) {
        text += tr(" of %1").arg(of.name.toHtmlEscaped());
        const CompareFeed::Record* record = compare_feed_->record(of.dir);
        events = record == nullptr ? nullptr : &record->events;
    }
    const QString rank = events == nullptr ? QString() : rankOfFailure(*events, first->step);
    if (!rank.isEmpty()) text += tr(" on %1").arg(rank.toHtmlEscaped());
    text += u'.';
    if (banner_->isVisible() && banner_->text() == text) return;
    banner_->showMessage(MessageBanner::Kind::kDanger, text, tr("Show step %1").arg(step),
                         [this, failing, at = first->step] {
                             if (failing >= group_->runs()) return;
                             // The cursor walks the selected run: there it goes to the same place of the axis.
                             const double x = group_->run(failing).curves.xOf(at, group_->axis());
                             group_->show(failing == 0 ? at : group_->stepAt(x).value_or(at));
                         });
}

void CurvesPage::sendInspection() {
    if (state() != State::kContent) return;
    InspectedCurves inspected;
    inspected.group = group_;
    for (const PlotLine& line : cards_.front()->plot().lines())
        if (line.run == 0) inspected.swatches.emplace_back(line.tag, line.series);
    inspected.facts = facts();
    inspected.status = context().runs().status(context().selectedRun());
    inspected.events = &context().runs().events();
    inspected.alarms = &context().runs().alarms();
    Q_EMIT inspect(inspectCurves(inspected));
}

void CurvesPage::stateChanged() {
    if (state() == State::kEmpty || state() == State::kNoRun) Q_EMIT inspect({});
}

void CurvesPage::keyPressEvent(QKeyEvent* event) {
    if (state() != State::kContent) return event->ignore();
    if (event->key() == Qt::Key_C && event->modifiers() == Qt::NoModifier) return openPicker();
    if (!group_->handleKey(*event)) event->ignore();
}

}  // namespace switchyard::ui
