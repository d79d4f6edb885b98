// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/checkpoints/output_dialog.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>
#include <utility>

#include "ui/models/background.h"
#include "ui/widgets/icon_button.h"

namespace switchyard::ui {
namespace {

constexpr int kWidth = 560, kMostRanks = 1024;

}  // namespace

OutputDialog::OutputDialog(const QString& title, const QString& verb, const QList<Choice>& choices, int ranks,
                           QWidget* parent)
    : QDialog(parent), choices_(choices) {
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(kWidth);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    auto* form = form_ = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    column->addLayout(form);
    if (choices_.isEmpty()) {
        ranks_ = new QSpinBox;
        ranks_->setRange(1, kMostRanks);
        ranks_->setValue(ranks);
        ranks_->setAccessibleName(tr("Ranks"));
        form->addRow(tr("Ranks"), ranks_);
        connect(ranks_, &QSpinBox::valueChanged, this, &OutputDialog::follow);
    } else {
        choice_ = new QComboBox;
        for (const Choice& choice : choices_) choice_->addItem(choice.label);
        choice_->setAccessibleName(tr("Format"));
        form->addRow(tr("Format"), choice_);
        connect(choice_, &QComboBox::currentIndexChanged, this, &OutputDialog::follow);
    }
    note_ = new QLabel;
    note_->setProperty("role", "muted");
    note_->setProperty("small", true);
    note_->setWordWrap(true);
    form->addRow(QString(), note_);
    auto* place = new QHBoxLayout;
    place->setSpacing(4);
    folder_ = new QLineEdit;
    folder_->setAccessibleName(tr("New folder"));
    auto* browse = new IconButton(QStringLiteral("folder"), tr("Choose where"));
    place->addWidget(folder_, 1);
    place->addWidget(browse);
    form->addRow(tr("New folder"), place);
    problem_ = new QLabel;
    problem_->setProperty("role", "danger");
    problem_->setProperty("small", true);
    problem_->setWordWrap(true);
    form->addRow(QString(), problem_);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    auto* cancel = new QPushButton(tr("Cancel"));
    ok_ = new QPushButton(verb);
    ok_->setProperty("primary", true);
    ok_->setDefault(true);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(ok_);
    column->addStretch(1);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(ok_, &QPushButton::clicked, this, &QDialog::accept);
    connect(folder_, &QLineEdit::textEdited, this, [this] { typed_ = true; });
    connect(folder_, &QLineEdit::textChanged, this, &OutputDialog::check);
    connect(browse, &QToolButton::clicked, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Folder to make the new one in"), QFileInfo(folder()).path());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& parent_folder) {
            typed_ = true;
            folder_->setText(parent_folder + u'/' + QFileInfo(folder()).fileName());
        });
        dialog->open();
    });
    follow();
}

void OutputDialog::setFolderFor(std::function<QString(const QString& word)> folder) {
    folder_for_ = std::move(folder);
    follow();
}

QString OutputDialog::word() const {
    return choice_ == nullptr ? QString::number(ranks_->value()) : choices_[choice_->currentIndex()].word;
}

QString OutputDialog::folder() const {
    return folder_->text().trimmed();
}

void OutputDialog::follow() {
    note_->setText(choice_ == nullptr
                       ? tr("Any number of ranks can go on from it; this one only saves them the cutting.")
                       : choices_[choice_->currentIndex()].note);
    if (!typed_ && folder_for_) folder_->setText(folder_for_(word()));
    check();
}

void OutputDialog::check() {
    const QString name = folder();
    const quint64 look = ++look_;
    if (name.isEmpty()) return tell(tr("Give the folder a name."));
    if (QFileInfo(name).isRelative()) return tell(tr("Give a whole path, from /."));
    ok_->setEnabled(false);  // until it is known that nothing is there
    inBackground(
        this, [name] { return QFileInfo::exists(name); },
        [this, look](bool there) {
            if (look == look_)
                tell(there ? tr("This is there already, and nothing is written over it. Give another name.")
                           : QString());
        });
}

void OutputDialog::tell(const QString& problem) {
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
    folder_->setProperty("invalid", !problem.isEmpty());
    folder_->style()->unpolish(folder_);
    folder_->style()->polish(folder_);
    ok_->setEnabled(problem.isEmpty());
    ok_->setToolTip(problem);
}

}  // namespace switchyard::ui
