//! Constants, structs and functions.

use super::{Printer, Ty};
use crate::ast::{Function, Param, Passing, Struct};

impl Printer<'_> {
    /// All items of a program.
    pub(super) fn items(&mut self) -> String {
        let mut text = String::new();
        for (k, value) in self.program.consts.iter().enumerate() {
            text += &format!("const K{k}: f64 = {value:?};\n");
        }
        for item in &self.program.structs {
            text += &self.structure(item);
        }
        if !self.program.variants.is_empty() {
            text += &self.enumeration();
        }
        for function in &self.program.functions {
            text += &self.function(function);
        }
        text
    }

    fn structure(&self, item: &Struct) -> String {
        let mut derives = vec!["Clone"];
        if item.copy {
            derives.push("Copy");
        }
        if !self.dual() {
            derives.insert(0, "Differentiable");
        }
        let mut text = format!("#[derive({})]\npub struct {} {{\n", derives.join(", "), item.name);
        for field in &item.fields {
            if !self.dual() && !field.active {
                text += "    #[no_grad]\n";
            }
            text += &format!("    pub {}: {},\n", field.name, self.ty(&field.ty));
        }
        text += "}\n";
        if self.dual() {
            let fields: Vec<_> = item.fields.iter().map(|field| det_field(&field.name)).collect();
            text += &format!(
                "impl k::Det for {0} {{\n    fn det(self) -> Self {{ {0} {{ {1} }} }}\n}}\n",
                item.name,
                fields.join(", ")
            );
        }
        text
    }

    fn enumeration(&self) -> String {
        let scalar = self.scalar();
        let variants = self.program.variants.iter().enumerate().map(|(k, n)| match n {
            0 => format!("V{k}"),
            n => format!("V{k}({})", vec![scalar; *n].join(", ")),
        });
        let variants: Vec<_> = variants.collect();
        let derive = if self.dual() { "" } else { "Differentiable, " };
        format!("#[derive({derive}Clone, Copy)]\npub enum E {{ {} }}\n", variants.join(", "))
    }

    fn function(&mut self, function: &Function) -> String {
        let params: Vec<_> = function.params.iter().map(|param| self.param(param)).collect();
        let attribute = if self.dual() { "" } else { "#[differentiable]\n" };
        let mut body = self.block(&function.body);
        if self.dual() {
            // What has no gradient comes without tangent.
            for name in function.params.iter().filter(|param| !param.active).map(|p| &p.name) {
                body = format!("{{\nlet {name} = k::det({name});\n{}", &body[2..]);
            }
        }
        let text = format!(
            "{attribute}pub fn {}({}) -> {} {body}\n",
            function.name,
            params.join(", "),
            self.ty(&function.result),
        );
        match function.method_of {
            None => text,
            Some(k) => format!("impl {} {{\n{text}}}\n", self.program.structs[k].name),
        }
    }

    fn param(&self, param: &Param) -> String {
        let unit = matches!(param.ty, Ty::Int | Ty::Flag);
        let attribute = if self.dual() || param.active || unit { "" } else { "#[no_grad] " };
        let reference = match param.passing {
            Passing::Value => "",
            Passing::Ref => "&",
            Passing::Mut => "&mut ",
        };
        if param.name == "self" {
            return format!("{attribute}{reference}self");
        }
        let ty = match (&param.ty, param.passing) {
            (Ty::List(_), Passing::Ref | Passing::Mut) => format!("[{}]", self.scalar()),
            (Ty::Many { of, list: true, .. }, Passing::Ref | Passing::Mut) => {
                format!("[{}]", self.ty(of))
            }
            (ty, _) => self.ty(ty),
        };
        format!("{attribute}{}: {reference}{ty}", param.name)
    }
}

fn det_field(name: &str) -> String {
    format!("{name}: k::det(self.{name})")
}
