// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/hot_cold_card.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <algorithm>

#include "ui/models/expert_share_model.h"
#include "ui/models/run_words.h"
#include "ui/panels/experts/expert_delegate.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kListed = 10;

}  // namespace

HotColdCard::HotColdCard(ExpertsView& view, QWidget* parent) : Card({}, parent), view_(view) {
    setAccessibleName(tr("Hot and cold experts"));
    choice_ = new SegmentedControl({tr("Hot 10"), tr("Cold 10")});
    choice_->setAccessibleName(tr("Experts listed"));
    addHeadWidget(choice_);
    step_ = new QLabel;
    step_->setProperty("role", "caption");
    step_->setContentsMargins(0, 0, 4, 0);
    addCornerWidget(step_);
    table_ = new QTableView;
    model_ = new ExpertShareModel(table_);
    delegate_ = new ExpertDelegate(table_);
    table_->setModel(model_);
    table_->setItemDelegate(delegate_);
    table_->setAccessibleName(tr("Hot and cold experts"));
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setMouseTracking(true);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(metric::kTableRow);
    QHeaderView* head = table_->horizontalHeader();
    head->setHighlightSections(false);
    head->setSectionsClickable(false);
    head->setFixedHeight(metric::kTableRow);
    head->setSectionResizeMode(QHeaderView::Fixed);
    head->setSectionResizeMode(ExpertShareModel::kLoad, QHeaderView::Stretch);
    head->setMinimumSectionSize(30);
    head->setStyleSheet(
        QStringLiteral("QHeaderView::section:first { padding-left: 11px; }"
                       "QHeaderView::section:last { padding-right: 11px; }"));
    table_->setColumnWidth(ExpertShareModel::kExpert, 64);
    table_->setColumnWidth(ExpertShareModel::kRatio, 58);
    table_->setColumnWidth(ExpertShareModel::kText, 62);
    setContent(table_);
    connect(choice_, &SegmentedControl::changed, this, &HotColdCard::refresh);
    connect(&view.focus, &ExpertFocus::stepChanged, this, &HotColdCard::refresh);
    connect(&view.focus, &ExpertFocus::modalityChanged, this, &HotColdCard::refresh);
    connect(&view.focus, &ExpertFocus::layerChanged, this, &HotColdCard::refresh);
    connect(&view.focus, &ExpertFocus::expertChanged, this, &HotColdCard::select);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (now.isValid()) view_.focus.setExpert(now.data(ExpertShareModel::kExpertRole).toInt());
    });
    connect(table_, &QAbstractItemView::clicked, this,
            [this](const QModelIndex& now) { view_.focus.setExpert(now.data(ExpertShareModel::kExpertRole).toInt()); });
    connect(&Theme::instance(), &Theme::changed, table_->viewport(), qOverload<>(&QWidget::update));
}

void HotColdCard::setMode(Mode mode) {
    if (mode == mode_) return;
    mode_ = mode;
    choice_->setVisible(mode == Mode::kBoth);
    setTitle(mode == Mode::kBoth ? QString() : mode == Mode::kHot ? tr("Hot 10") : tr("Cold 10"));
    setSubtitle(mode == Mode::kCold ? tr("live experts") : QString());
    refresh();
}

void HotColdCard::refresh() {
    const LayerLoads* layer = view_.layer();
    if (layer == nullptr) {
        model_->setShares({}, 1);
        return step_->clear();
    }
    delegate_->setExperts(layer->ring.experts());
    const auto shares = expertShares(*layer, view_.column(), view_.focus.modality());
    const bool hot = mode_ == Mode::kBoth ? choice_->current() == 0 : mode_ == Mode::kHot;
    std::vector<ExpertShare> listed = hot ? hottest(shares, kListed) : coldest(shares, kListed);
    // A hot list's bars compare with its first; a cold one's with the fair share.
    const double full = hot && !listed.empty() ? listed.front().ratio * 1.05 : 1.0;
    // What the table does with its own selection while rows change is no choice of the user's.
    const QSignalBlocker blocker(table_->selectionModel());
    model_->setShares(std::move(listed), full);
    step_->setText(tr("at step %1").arg(number(view_.focus.step(), 0)));
    select();
    table_->viewport()->update();
}

void HotColdCard::select() {
    const int row = model_->rowOf(view_.focus.expert());
    const QSignalBlocker blocker(table_->selectionModel());
    if (row < 0) {
        table_->clearSelection();
        table_->setCurrentIndex({});
    } else {
        table_->selectRow(row);
    }
    table_->viewport()->update();
}

}  // namespace switchyard::ui
