// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/compare_bar.h"

#include <QHBoxLayout>

#include "ui/panels/curves/legend_entry.h"
#include "ui/panels/curves/plot_group.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLongestName = 28;  // characters; the whole name is the entry's tooltip
constexpr int kEdge = 6;

}  // namespace

CompareBar::CompareBar(PlotGroup& group, QWidget* parent) : QWidget(parent), group_(group) {
    setProperty("toolbar", true);
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Compared runs"));
    runs_ = new QWidget;
    flow_ = new FlowLayout(4, runs_);
    flow_->setContentsMargins(0, 0, 0, 0);
    view_ = new SegmentedControl({tr("Curves"), tr("Differences")});
    view_->setAccessibleName(tr("Show of the compared runs"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, kEdge, 12, kEdge);
    row->setSpacing(8);
    row->addWidget(runs_, 1);
    row->addWidget(view_, 0, Qt::AlignTop);
    connect(view_, &SegmentedControl::changed, this, &CompareBar::viewChosen);
    connect(&group, &PlotGroup::runsChanged, this, &CompareBar::rebuild);
    connect(&Theme::instance(), &Theme::changed, this, &CompareBar::recolor);
    hide();
}

LegendEntry* CompareBar::entry(int run) const {
    return runs_->findChildren<LegendEntry*>(QString::number(run), Qt::FindChildrenRecursively).value(0);
}

void CompareBar::rebuild() {
    QStringList wanted;
    for (int i = 0; i < group_.runs(); ++i) wanted << group_.run(i).dir;
    if (property("runs").toStringList() != wanted) {
        setProperty("runs", wanted);
        while (QLayoutItem* item = flow_->takeAt(0)) {
            // A button in here may be what has just been clicked.
            item->widget()->hide();
            item->widget()->setParent(nullptr);
            item->widget()->deleteLater();
            delete item;
        }
        for (int i = 0; i < group_.runs() && group_.comparing(); ++i) {
            auto* part = new QWidget;
            auto* row = new QHBoxLayout(part);
            row->setContentsMargins(0, 0, 0, 0);
            row->setSpacing(0);
            const QString& name = group_.run(i).name;
            auto* entry = new LegendEntry(name.size() > kLongestName ? name.left(kLongestName - 1) + u'…' : name);
            entry->setObjectName(QString::number(i));
            entry->setChecked(group_.run(i).visible);
            entry->setToolTip(tr("Click to hide or show %1").arg(name));
            row->addWidget(entry);
            connect(entry, &QAbstractButton::toggled, this, [this, i](bool on) { group_.setRunVisible(i, on); });
            if (i > 0) {
                auto* remove = new IconButton(QStringLiteral("close"), tr("Stop comparing with %1").arg(name));
                remove->setFixedSize(20, 20);
                row->addWidget(remove);
                connect(remove, &QToolButton::clicked, this,
                        [this, dir = group_.run(i).dir] { Q_EMIT removeAsked(dir); });
            }
            flow_->addWidget(part);
        }
    }
    recolor();
    setVisible(group_.comparing());
    fit();
}

void CompareBar::recolor() {
    for (int i = 0; i < group_.runs(); ++i) {
        if (LegendEntry* own = entry(i)) own->setPen(Theme::instance().seriesPen(group_.run(i).series));
    }
}

void CompareBar::fit() {
    // The layout above does not ask for a height by width: many runs take a second line.
    const int room = width() - view_->sizeHint().width() - 32;
    setFixedHeight(std::max(view_->sizeHint().height(), flow_->heightForWidth(std::max(room, 100))) + 2 * kEdge + 1);
}

void CompareBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit();
}

}  // namespace switchyard::ui
