// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/form_field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QStyle>

#include "ui/models/key_words.h"
#include "ui/widgets/list_text.h"
#include "ui/widgets/number_box.h"

namespace switchyard::ui {
namespace {

constexpr int kNumberWidth = 112;

QString single(const std::vector<std::string>& scalars) {
    return scalars.empty() ? QString() : QString::fromStdString(scalars.front());
}

class NumberField : public FormField {
public:
    NumberField(const KeySpec& key, QWidget* parent)
        : NumberField(key, new NumberBox(key.kind == ValueKind::kInt, key.min, key.max), parent) {}
    void setScalars(const std::vector<std::string>& scalars) override {
        shown_ = single(scalars);
        if (!pending_) box_->setNumberText(shown_);
    }

protected:
    /// An emptied field means nothing: the value comes back.
    void settle() override {
        pending_ = false;
        box_->setNumberText(shown_);
    }

private:
    NumberField(const KeySpec& key, NumberBox* box, QWidget* parent) : FormField(key, box, false, parent), box_(box) {
        connect(box, &NumberBox::numberEdited, this, [this](const QString& text) {
            const QString number = text.trimmed();
            pending_ = number.isEmpty();
            if (pending_) return;
            shown_ = text;
            Q_EMIT edited({number.toStdString()});
        });
    }

    NumberBox* box_;
    QString shown_;
    bool pending_ = false;
};

class ChoiceField : public FormField {
public:
    ChoiceField(const KeySpec& key, QWidget* parent) : ChoiceField(key, new QComboBox, parent) {}
    void setScalars(const std::vector<std::string>& scalars) override {
        const QString text = single(scalars);
        // A text that is no choice is shown too, below the choices, until it is mended.
        while (box_->count() > choices_) box_->removeItem(choices_);
        int index = box_->findText(text);
        if (index < 0) {
            box_->addItem(text);
            index = choices_;
        }
        box_->setCurrentIndex(index);
    }

private:
    ChoiceField(const KeySpec& key, QComboBox* box, QWidget* parent)
        : FormField(key, box, false, parent), box_(box), choices_(static_cast<int>(key.choices.size())) {
        box->setFocusPolicy(Qt::StrongFocus);
        for (const std::string& choice : key.choices) box->addItem(QString::fromStdString(choice));
        connect(box, &QComboBox::activated, this,
                [this](int index) { Q_EMIT edited({box_->itemText(index).toStdString()}); });
    }

    QComboBox* box_;
    int choices_;
};

class SwitchField : public FormField {
    Q_DECLARE_TR_FUNCTIONS(SwitchField)
public:
    SwitchField(const KeySpec& key, QWidget* parent) : SwitchField(key, new QCheckBox, parent) {}
    void setScalars(const std::vector<std::string>& scalars) override {
        const QString text = single(scalars);
        const bool on = text == QStringLiteral("true");
        box_->setChecked(on);
        box_->setText(on ? tr("on") : text == QStringLiteral("false") ? tr("off") : text);
    }

private:
    SwitchField(const KeySpec& key, QCheckBox* box, QWidget* parent) : FormField(key, box, true, parent), box_(box) {
        connect(box, &QCheckBox::clicked, this, [this](bool on) {
            box_->setText(on ? tr("on") : tr("off"));
            Q_EMIT edited({on ? "true" : "false"});
        });
    }

    QCheckBox* box_;
};

class TextField : public FormField {
    Q_DECLARE_TR_FUNCTIONS(TextField)
public:
    TextField(const KeySpec& key, QWidget* parent) : TextField(key, new QLineEdit, parent) {}
    void setScalars(const std::vector<std::string>& scalars) override {
        const QString text = single(scalars);
        const bool one_line = !text.contains(u'\n');
        line_->setReadOnly(!one_line);
        line_->setToolTip(one_line ? QString() : tr("This text has several lines: edit it in the YAML text"));
        const QString shown = one_line ? text : text.simplified();
        if (line_->text() != shown) line_->setText(shown);
    }

private:
    TextField(const KeySpec& key, QLineEdit* line, QWidget* parent) : FormField(key, line, true, parent), line_(line) {
        connect(line, &QLineEdit::textEdited, this,
                [this](const QString& text) { Q_EMIT edited({text.toStdString()}); });
    }

    QLineEdit* line_;
};

class ListField : public FormField {
    Q_DECLARE_TR_FUNCTIONS(ListField)
public:
    ListField(const KeySpec& key, QWidget* parent) : ListField(key, new QLineEdit, parent) {}
    void setScalars(const std::vector<std::string>& scalars) override {
        if (listItems(line_->text()) != scalars) line_->setText(listText(scalars));
    }

private:
    ListField(const KeySpec& key, QLineEdit* line, QWidget* parent)
        : FormField(key, line, key.kind == ValueKind::kTextList, parent), line_(line) {
        line->setPlaceholderText(tr("none"));
        connect(line, &QLineEdit::textEdited, this, [this](const QString& text) { Q_EMIT edited(listItems(text)); });
    }

    QLineEdit* line_;
};

bool isUndoKey(const QKeyEvent& event) {
    const int key = event.key();
    const Qt::KeyboardModifiers held = event.modifiers() & ~Qt::KeypadModifier;
    const bool control = held == Qt::ControlModifier;
    return (control && (key == Qt::Key_Z || key == Qt::Key_Y)) ||
           (held == (Qt::ControlModifier | Qt::ShiftModifier) && key == Qt::Key_Z) ||
           (held == Qt::AltModifier && key == Qt::Key_Backspace);
}

}  // namespace

FormField* FormField::make(const KeySpec& key, QWidget* parent) {
    switch (key.kind) {
        case ValueKind::kBool:
            return new SwitchField(key, parent);
        case ValueKind::kInt:
        case ValueKind::kReal:
            return new NumberField(key, parent);
        case ValueKind::kChoice:
            return new ChoiceField(key, parent);
        case ValueKind::kText:
            return new TextField(key, parent);
        case ValueKind::kRealList:
        case ValueKind::kTextList:
            return new ListField(key, parent);
    }
    return new TextField(key, parent);
}

FormField::FormField(const KeySpec& key, QWidget* input, bool wide, QWidget* parent)
    : QWidget(parent), input_(input), wide_(wide) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(input);
    if (!wide) input->setFixedWidth(kNumberWidth);
    input->setAccessibleName(keyLabel(key));
    input->setAccessibleDescription(QString::fromStdString(key.doc));
    input->installEventFilter(this);
    setFocusProxy(input);
}

void FormField::setInvalid(bool invalid) {
    if (input_->property("invalid").toBool() == invalid) return;
    input_->setProperty("invalid", invalid);
    input_->style()->unpolish(input_);
    input_->style()->polish(input_);
}

bool FormField::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::FocusIn:
            Q_EMIT entered();
            break;
        case QEvent::FocusOut:
            if (static_cast<QFocusEvent*>(event)->reason() == Qt::PopupFocusReason) break;
            settle();
            Q_EMIT left();
            break;
        case QEvent::Wheel:
            if (input_->hasFocus()) break;
            event->ignore();
            return true;
        case QEvent::ShortcutOverride:
            // Inputs have histories of their own; the common one is the page's.
            if (!isUndoKey(static_cast<const QKeyEvent&>(*event))) break;
            event->ignore();
            return true;
        case QEvent::KeyPress:
            if (isUndoKey(static_cast<const QKeyEvent&>(*event))) return true;
            break;
        default:
            break;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace switchyard::ui
