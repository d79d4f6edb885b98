// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves_page.h"

#include <QActionGroup>
#include <QKeyEvent>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/run_words.h"
#include "ui/panels/curves/cards_area.h"
#include "ui/panels/curves/curve_exports.h"
#include "ui/panels/curves/curves_inspection.h"
#include "ui/panels/curves/curves_tool_bar.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kInspectMs = 30;
constexpr int kRecallColumn = 276, kPlainColumn = 200;

QString recallTag(const char* way, int k) {
    return QStringLiteral("eval/retrieval/%1_r%2").arg(QLatin1String(way)).arg(k);
}

}  // namespace

CurvesPage::CurvesPage(AppContext& app, QWidget* parent)
    : RecordPage(app, QStringLiteral("curves"), parent), group_(new PlotGroup(this)) {
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    tool_bar_ = new CurvesToolBar;
    banner_ = new MessageBanner;
    exports_ = new CurveExports(app, *group_, this);
    QStringList recalls;
    for (const int k : {1, 5, 10}) recalls << recallTag("text_to_image", k) << recallTag("image_to_text", k);
    group_->curves().setTags(
        {QStringLiteral("loss/contrastive"), QStringLiteral("loss/matching"), QStringLiteral("loss/balance"),
         QStringLiteral("loss/z"), QStringLiteral("loss/total"), QStringLiteral("optim/grad_norm"),
         QStringLiteral("perf/samples_per_s"), QStringLiteral("perf/tokens_per_s"), QStringLiteral("perf/step_ms")},
        QStringList{QStringLiteral("optim/lr"), QStringLiteral("memory/peak_bytes")} + recalls);
    group_->curves().setSmoothing(tool_bar_->smoothing());
    makeCards();
    area_ = new CardsArea(cards_.front(), {cards_.begin() + 1, cards_.end()});
    auto* scroll = new QScrollArea;
    scroll->setWidget(area_);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    column->addWidget(tool_bar_);
    column->addWidget(banner_);
    column->addWidget(scroll, 1);

    connect(tool_bar_, &CurvesToolBar::xAxisChosen, group_, &PlotGroup::setAxis);
    connect(tool_bar_, &CurvesToolBar::lossLogChosen, &cards_.front()->plot(), &CurvePlot::setLog);
    connect(&cards_.front()->plot(), &CurvePlot::logChanged, tool_bar_, &CurvesToolBar::setLossLog);
    connect(tool_bar_, &CurvesToolBar::smoothingChosen, this, [this](double smoothing) {
        group_->curves().setSmoothing(smoothing);
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
        auto* plot_card = new PlotCard(*group_, options, lines, unit, unit_word);
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
         {QStringLiteral("loss/z"), tr("z"), 4}},
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
        group_->reset();
        for (PlotCard* plot_card : cards_) plot_card->plot().fitY();
    } else if (restart) {
        group_->curves().clear();  // the cursor and the range stay: the same run is read anew
    }
    const bool changed = group_->curves().sync([this](const QString& tag) { return context().runs().series(tag); });
    std::vector<double> seams = resumeSteps(context().runs().events(), group_->curves());
    if (changed || restart || seams != group_->seams()) {
        group_->setSeams(std::move(seams));
        const bool evaluated = group_->curves().find(cards_.back()->tags().front()) != nullptr;
        area_->setColumnWidth(evaluated ? kRecallColumn : kPlainColumn);
        for (auto plot_card = cards_.begin() + 1; plot_card != cards_.end(); ++plot_card) {
            const QStringList tags = (*plot_card)->tags();
            area_->setShown(*plot_card, std::any_of(tags.begin(), tags.end(), [this](const QString& tag) {
                return group_->curves().find(tag) != nullptr;
            }));
        }
        group_->refresh();
        exports_->refreshTables();
    }
    updateBanner();
    inspection_due_.start();
    return !group_->curves().empty();
}

void CurvesPage::updateBanner() {
    const auto first = group_->curves().firstNonFinite();
    if (!first || banner_dismissed_) return banner_->hide();
    const QString step = number(first->step, 0);
    QString text =
        tr("First non-finite value: <code><b>%1</b></code> at step %2").arg(first->tag.toHtmlEscaped(), step);
    const QString rank = rankOfFailure(context().runs().events(), first->step);
    if (!rank.isEmpty()) text += tr(" on %1").arg(rank.toHtmlEscaped());
    text += u'.';
    if (banner_->isVisible() && banner_->text() == text) return;
    banner_->showMessage(MessageBanner::Kind::kDanger, text, tr("Show step %1").arg(step),
                         [this, at = first->step] { group_->show(at); });
}

void CurvesPage::sendInspection() {
    if (state() != State::kContent) return;
    InspectedCurves inspected;
    inspected.group = group_;
    for (const PlotLine& line : cards_.front()->plot().lines()) inspected.swatches.emplace_back(line.tag, line.series);
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
    if (state() != State::kContent || !group_->handleKey(*event)) event->ignore();
}

}  // namespace switchyard::ui
