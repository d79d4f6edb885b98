// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/layer_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/models/load_history.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

QString partTitle(RoutePart part) {
    switch (part) {
        case RoutePart::kText:
            return LayerBar::tr("Text");
        case RoutePart::kVision:
            return LayerBar::tr("Vision");
        case RoutePart::kFusion:
            return LayerBar::tr("Fusion");
    }
    return {};
}

}  // namespace

LayerBar::LayerBar(RouteFocus& focus, QWidget* parent)
    : QWidget(parent), focus_(focus), group_(new QButtonGroup(this)) {
    setProperty("toolbar", true);
    setAttribute(Qt::WA_StyledBackground);
    setMinimumHeight(metric::kToolBar);
    parts_ = new QWidget;
    auto* flow = new FlowLayout(8, parts_);
    flow->setContentsMargins(0, 0, 0, 0);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    parts_->setSizePolicy(policy);
    chosen_ = new QWidget;
    expert_ = new QLabel;
    expert_->setFont(Theme::instance().font(TextRole::kTable));
    auto* clear = new IconButton(QStringLiteral("close"), tr("Let the expert go (Escape)"));
    auto* chosen_row = new QHBoxLayout(chosen_);
    chosen_row->setContentsMargins(0, 0, 0, 0);
    chosen_row->setSpacing(4);
    chosen_row->addWidget(expert_);
    chosen_row->addWidget(clear);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(12);
    row->addWidget(parts_, 1);
    row->addWidget(chosen_, 0, Qt::AlignTop);
    connect(clear, &QToolButton::clicked, this, [this] { focus_.setExpert(-1); });
    connect(group_, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* button) { focus_.setLayer(button->objectName()); });
    connect(&focus_, &RouteFocus::sampleChanged, this, &LayerBar::rebuild);
    connect(&focus_, &RouteFocus::layerChanged, this, [this] {
        if (QToolButton* now = button(focus_.layerName())) now->setChecked(true);
    });
    connect(&focus_, &RouteFocus::expertChanged, this, &LayerBar::showExpert);
    connect(&focus_, &RouteFocus::pickedChanged, this, &LayerBar::showExpert);
    showExpert();
}

QToolButton* LayerBar::button(const QString& layer) const {
    for (QAbstractButton* found : group_->buttons())
        if (found->objectName() == layer) return static_cast<QToolButton*>(found);
    return nullptr;
}

void LayerBar::rebuild() {
    const RoutedSample* sample = focus_.sample();
    QStringList layers;
    if (sample != nullptr)
        for (const RoutedLayer& layer : sample->layers) layers << layer.name;
    if (layers != layers_) {
        layers_ = layers;
        while (QLayoutItem* item = parts_->layout()->takeAt(0)) {
            delete item->widget();
            delete item;
        }
        QHBoxLayout* part_row = nullptr;
        for (qsizetype i = 0; i < layers.size(); ++i) {
            const RoutedLayer& layer = sample->layers[i];
            const bool first = i == 0 || sample->layers[i - 1].part != layer.part;
            const bool last = i + 1 == layers.size() || sample->layers[i + 1].part != layer.part;
            if (first) {
                auto* part = new QWidget;
                part_row = new QHBoxLayout(part);
                part_row->setContentsMargins(0, 0, 8, 0);
                part_row->setSpacing(0);
                auto* label = new QLabel(partTitle(layer.part));
                label->setProperty("role", "muted");
                label->setProperty("small", true);
                label->setContentsMargins(0, 0, 8, 0);
                part_row->addWidget(label);
                parts_->layout()->addWidget(part);
            }
            auto* made = new QToolButton;
            made->setObjectName(layer.name);
            made->setText(QString::number(layer.block));
            made->setCheckable(true);
            made->setFocusPolicy(Qt::StrongFocus);
            made->setProperty("segment", true);
            if (last)
                made->setProperty("segmentEnd", "last");
            else if (first)
                made->setProperty("segmentEnd", "first");
            made->setToolTip(layerLabel(layer.name, false));
            made->setAccessibleName(tr("%1 block %2").arg(partTitle(layer.part)).arg(layer.block));
            group_->addButton(made);
            part_row->addWidget(made);
        }
        updateGeometry();
    }
    if (QToolButton* now = button(focus_.layerName())) now->setChecked(true);
}

void LayerBar::showExpert() {
    chosen_->setVisible(focus_.anyLit());
    const auto picked = focus_.picked().size();
    expert_->setText(focus_.expert() >= 0 ? tr("%1 selected").arg(expertName(focus_.expert()))
                     : picked == 1        ? tr("1 token or patch selected")
                                          : tr("%1 tokens and patches selected").arg(picked));
}

}  // namespace switchyard::ui
